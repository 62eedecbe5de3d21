"""What was learned from labels: coefficients as data (SOURCE.md says how each was made), and the classifier that applies them."""
