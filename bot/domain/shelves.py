"""Which part of the catalogue a list shows, and how a button remembers it."""

from enum import IntEnum

_PAGES = 10_000


class Shelf(IntEnum):
    """All that serves the chat, what of it fails, what it added, and what other chats added.

    The last is for operators alone.
    """

    ALL = 0
    TROUBLED = 1
    OWN = 2
    FOREIGN = 3


def packed(shelf: Shelf, page: int) -> int:
    """Both as the page of a callback, which is a number of at most six digits."""
    return shelf * _PAGES + page


def unpacked(number: int) -> tuple[Shelf, int]:
    """The shelf and the page behind such a number; one that we never made is the first of all."""
    shelf, page = divmod(number, _PAGES)
    return (Shelf(shelf), page) if shelf in set(Shelf) else (Shelf.ALL, 0)
