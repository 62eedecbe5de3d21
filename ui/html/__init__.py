"""Answers, passages and pictures of pages as HTML. Knows no page that they stand on."""
