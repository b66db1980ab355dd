"""The roads of ``assign``: reading what is given, SciPy, and the compiled kernel."""
