"""The checker's second look at a plan, one kind of claim a file; nothing here knows a solver."""
