"""Query ids filed under the numbers of keys, and read off for the keys that an article has.

Columns instead of an object a key, and loops without a line of Python for each number: with a
million queries the time of a look goes into waiting for memory, and so the waits are few and
overlap. Under two keys a query is found by intersections, whose cost follows the shorter side.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from operator import not_
from typing import Literal

from bot.domain.columns import picked

Table = Literal["pairs", "minus", "phrases"]
"""`pairs` want both keys, `minus` the first without the second, of `phrases` the second is the
next word."""

_FEW = 16
"""So many second keys are kept in a tuple, more in a set, which takes ten times the memory."""

_SINGLE, _MORE, _PAIRS, _MINUS, _PHRASES = 1, 2, 4, 8, 16
_OF_BIT = {bit: bytes(kinds & bit for kinds in range(256)) for bit in (1, 2, 4, 8, 16)}
"""For `bytes.translate`: what is left of `kinds` when one bit is asked for."""

_BIT: dict[Table, int] = {"pairs": _PAIRS, "minus": _MINUS, "phrases": _PHRASES}

_SPARE = 256
_HALF = 32
"""Bits of a number: two numbers make one key of a dictionary."""


class Filing:
    """Where queries are filed: under one number, or in one of three tables under two.

    Of several under one number one is in the column of single ids. `_kinds` tells in a byte a
    number what there is, so that only there is looked; a bit may outlive what it told of, which
    costs a look.
    """

    def __init__(self) -> None:
        self._kinds = bytearray()
        self._single = array("q")
        self._more: dict[int, set[int]] = {}
        self._pairs: list[tuple[int, ...] | set[int]] = []
        self._minus: dict[int, set[int]] = {}
        self._leaves: dict[Table, dict[int, int | set[int]]]
        self._leaves = {"pairs": {}, "minus": {}, "phrases": {}}

    def grow(self, size: int) -> None:
        """Make room for numbers below `size`, and some more."""
        if size > len(self._single):
            missing = size - len(self._single) + _SPARE
            self._kinds.extend(bytes(missing))
            self._single.extend([0] * missing)
            self._pairs.extend([()] * missing)

    def put(self, number: int, filed: int) -> None:
        """File an id, which is not 0, under one key."""
        if not self._single[number]:
            self._single[number] = filed
            self._kinds[number] |= _SINGLE
        elif self._single[number] != filed:
            self._more.setdefault(number, set()).add(filed)
            self._kinds[number] |= _MORE

    def take(self, number: int, filed: int) -> None:
        """Undo `put`."""
        others = self._more.get(number)
        if self._single[number] != filed:
            if others:
                others.discard(filed)
        else:
            self._single[number] = others.pop() if others else 0
        if others is not None and not others:
            del self._more[number]

    def put_two(self, table: Table, first: int, second: int, filed: int) -> None:
        """File an id under two keys."""
        leaves = self._leaves[table]
        place = first << _HALF | second
        known = leaves.get(place)
        if known is None:
            leaves[place] = filed
            self._note(table, first, second)
        elif isinstance(known, set):
            known.add(filed)
        elif known != filed:
            leaves[place] = {known, filed}

    def take_two(self, table: Table, first: int, second: int, filed: int) -> None:
        """Undo `put_two`; a pair may have been filed with the second first.

        Then another query may stand here: which word is the rarer changes with time.
        """
        leaves = self._leaves[table]
        place = first << _HALF | second
        left = leaves.get(place)
        if not _has(left, filed):
            first, second = second, first
            place = first << _HALF | second
            left = leaves.get(place)
        if not _has(left, filed):
            return  # one query may ask for a pair in both orders
        if isinstance(left, set):
            left.discard(filed)
            if left:
                return
        del leaves[place]
        if table == "pairs":
            self._unpair(first, second)
        elif table == "minus":
            self._minus[first].discard(second)
            if not self._minus[first]:
                del self._minus[first]

    def found(self, numbers: set[int]) -> tuple[set[int], tuple[int, ...]]:
        """All ids filed under one or two of these numbers; and those that have phrases."""
        every = tuple(numbers)
        kinds = bytes(picked(self._kinds, every))
        alone, more, firsts, minus, starts = (
            tuple(compress(every, kinds.translate(of))) for of in _OF_BIT.values()
        )
        ids = set(picked(self._single, alone))
        ids.discard(0)
        ids.update(*(self._more.get(one, ()) for one in more))
        leaves = [*self._together(firsts, numbers), *self._apart(minus, numbers)]
        ids.update(one for one in leaves if isinstance(one, int))
        ids.update(*(one for one in leaves if isinstance(one, set)))
        return ids, starts

    def phrases(self, neighbours: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
        """Ids of phrases that begin with two numbers; with the third, which tells where."""
        leaves = self._leaves["phrases"]
        found = [
            (leaf, at)
            for a, b, at in neighbours
            if (leaf := leaves.get(a << _HALF | b)) is not None
        ]
        for leaf, at in found:
            for filed in (leaf,) if isinstance(leaf, int) else leaf:
                yield filed, at

    def _together(self, firsts: Sequence[int], numbers: set[int]) -> Iterator[int | set[int]]:
        leaves = self._leaves["pairs"]
        seconds = picked(self._pairs, firsts)
        present = list(map(not_, map(numbers.isdisjoint, seconds)))
        for first, some in zip(compress(firsts, present), compress(seconds, present), strict=True):
            for second in numbers.intersection(some):
                yield leaves[first << _HALF | second]

    def _apart(self, firsts: Iterable[int], numbers: set[int]) -> Iterator[int | set[int]]:
        leaves = self._leaves["minus"]
        for first in firsts:
            for second in self._minus.get(first, set()) - numbers:
                yield leaves[first << _HALF | second]

    def _note(self, table: Table, first: int, second: int) -> None:
        self._kinds[first] |= _BIT[table]
        if table == "minus":
            self._minus.setdefault(first, set()).add(second)
        if table != "pairs":
            return
        seconds = self._pairs[first]
        if isinstance(seconds, set):
            seconds.add(second)
        elif len(seconds) < _FEW:
            self._pairs[first] = (*seconds, second)
        else:
            self._pairs[first] = {*seconds, second}

    def _unpair(self, first: int, second: int) -> None:
        seconds = self._pairs[first]
        if isinstance(seconds, set):
            seconds.discard(second)
        else:
            self._pairs[first] = tuple([one for one in seconds if one != second])


def _has(leaf: int | set[int] | None, filed: int) -> bool:
    return filed in leaf if isinstance(leaf, set) else leaf == filed
