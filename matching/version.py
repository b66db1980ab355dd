"""The version of the engine, as bundles and records name it."""

VERSION = "0.1.0"
