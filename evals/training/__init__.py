"""Trains what is learned from labels: each module a command."""
