"""What a sealed bundle is made of: other names, coarse facts, journeys as numbers, the graph."""
