"""Records as columns: read, checked, put in order, and made again one at a time."""
