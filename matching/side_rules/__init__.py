"""Rules over several people at once: employers' caps, least groups and shares, solved exactly."""
