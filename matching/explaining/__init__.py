"""What stands behind a receipt: other worlds, solved again exactly, one change at a time."""
