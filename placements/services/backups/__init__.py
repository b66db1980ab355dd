"""Copies of the whole database in one file, how they come back, and one without personal data."""
