"""A run's numbers as text, page and pictures."""
