"""One module a noun, one function an act; services own the transaction."""
