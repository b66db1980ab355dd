"""The rules that must hold in every row, asked of the database itself; one module a topic."""
