"""How far lists of news are turned."""

LAST_PAGE = 100
"""Counted from 0; who looks for what is older asks more narrowly, or for its day."""
