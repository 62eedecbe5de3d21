"""Several reports of a shelf asked at once: each answers as it does alone."""
