"""A file -> lines with their page, and for a PDF their position: one reader a format."""
