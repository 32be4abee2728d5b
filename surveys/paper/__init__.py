"""Answers on paper: the table in which an office keys them in, its check, and taking them in."""
