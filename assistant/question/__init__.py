"""A message -> the questions in it -> a query: steps 1 and 2 of the way of a question. Knows no passage of the report."""
