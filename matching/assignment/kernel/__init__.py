"""The compiled kernel for large markets; importing any part of it imports numba."""
