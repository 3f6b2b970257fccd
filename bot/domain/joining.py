"""When a story that a place knows is told again, and when its alert shows who joined.

The numbers are PRODUCT.md's ("Joining outlets", "The alert"): the second outlet within 30 seconds,
later ones in at most one edit in 5 minutes; a new alert when the story has tripled or after 12 h.
"""

from datetime import timedelta

SECOND_WAIT = 8.0
"""Seconds from a joining outlet to the edit: outlets come in flocks, and 30 are promised."""

LATER_WAIT = 300.0
"""Seconds between two edits of one alert."""

TOLD_AGAIN = timedelta(hours=12)
TRIPLE = 3
LEAST_TRIPLED = 15
"""Outlets: one story from a dozen is one alert, so that it cannot triple before."""
