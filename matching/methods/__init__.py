"""The mechanisms, one file each; every one turns a problem into a match."""
