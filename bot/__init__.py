"""Newsbell rings when your news breaks."""
