"""A message -> the questions in it -> a query. Searches nothing."""
