"""Compiled loops over pairs, imported only where a market is large and numba is there."""
