"""Queries that are answered without a search: passages named by number, lists, counts, judgements, links."""
