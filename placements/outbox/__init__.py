"""What is said to whom: the catalogue, its words from current facts, and the ways out."""
