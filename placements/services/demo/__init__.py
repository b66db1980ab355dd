"""The invented region: made, lived, opened as somebody; only in the demo and in tests."""
