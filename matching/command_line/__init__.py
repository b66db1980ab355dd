"""The engine at a shell: one module a concern, and nothing here that a caller of Python needs."""
