"""Where the first two words of a phrase stand side by side."""

from collections.abc import Collection, Iterator, Sequence
from itertools import compress, count, product

from bot.domain.columns import picked
from bot.domain.readings import NOTHING, WORDLESS, Reading, numbers_of


def neighbours(
    starts: Collection[int], several: Collection[tuple[int, ...]], readings: Sequence[Reading]
) -> Iterator[tuple[int, int, int]]:
    """Two words side by side, of which the first is one of `starts`; with the place of its piece.

    `several`: the readings that are more than one number.
    """
    firsts: set[Reading] = {*starts}
    firsts.update(one for one in several if not firsts.isdisjoint(one))
    places = [*compress(count(), map(firsts.__contains__, readings))]
    beside = picked((*readings[1:], NOTHING), places)
    for at, here, there in zip(places, picked(readings, places), beside, strict=True):
        if isinstance(here, int) and isinstance(there, int) and there != WORDLESS:
            yield here, there, at
        else:
            for one, other in product(numbers_of(here), _beside(at, readings)):
                yield one, other, at


def _beside(at: int, readings: Sequence[Reading]) -> Iterator[int]:
    """The numbers of the words of this piece, if there are several, and of the next with words."""
    here = readings[at]
    if isinstance(here, tuple):
        yield from here
    rest = readings[at + 1 :]
    yield from numbers_of(next((one for one in rest if one != WORDLESS), NOTHING))
