"""The engine at the command line: ``python -m matching --help``."""

from __future__ import annotations

import sys

from matching.command_line.parser import main

if __name__ == "__main__":
    sys.exit(main())
