"""Text -> vectors, and the vectors near another. The only room that knows networks."""
