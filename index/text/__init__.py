"""Text -> sentences and stemmed words. Knows no report."""
