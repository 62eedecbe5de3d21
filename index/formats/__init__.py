"""A file -> lines that know their place: one reader a format, and nothing else knows formats."""
