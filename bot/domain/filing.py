"""Query ids filed under the numbers of keys, and read off for the keys that an article has.

Columns instead of an object a key, and loops without a line of Python for each number: with a
million queries the time of a look goes into waiting for memory, and so the waits are few and
overlap. Under two keys a query is found by intersections, whose cost follows the shorter side.
"""

from array import array
from collections.abc import Iterable, Iterator
from itertools import compress
from operator import not_
from typing import Literal

Table = Literal["pairs", "minus", "phrases"]
"""`pairs` want both keys, `minus` the first without the second, of `phrases` the second is the
next word."""

_FEW = 16
"""So many second keys are kept in a tuple, more in a set, which takes ten times the memory."""

_SINGLE, _PAIRS, _PHRASES = 1, 2, 4
_OF_BIT = {bit: bytes(kinds & bit for kinds in range(256)) for bit in (1, 2, 4)}
"""For `bytes.translate`: what is left of `kinds` when one bit is asked for."""

_SEVERAL = -(2**63)
"""Stands in the column of single ids for more than one; no id is that low."""

_SPARE = 256
_HALF = 32
"""Bits of a number: two numbers make one key of a dictionary."""


class Filing:
    """Where queries are filed: under one number, or in one of three tables under two.

    `_kinds` tells in a byte a number what there is, so that only there is looked; a bit may
    outlive what it told of, which costs a look.
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
        known = self._single[number]
        if not known:
            self._single[number] = filed
            self._kinds[number] |= _SINGLE
        elif known == _SEVERAL:
            self._more[number].add(filed)
        else:
            self._more[number] = {known, filed}
            self._single[number] = _SEVERAL

    def take(self, number: int, filed: int) -> None:
        """Undo `put`."""
        if self._single[number] != _SEVERAL:
            self._single[number] = 0
            return
        left = self._more[number]
        left.discard(filed)
        if len(left) == 1:
            self._single[number] = left.pop()
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

    def found(self, numbers: set[int]) -> tuple[set[int], set[int]]:
        """All ids filed under one or two of these numbers; and those that have phrases."""
        kinds = bytes([*map(self._kinds.__getitem__, numbers)])
        alone = compress(numbers, kinds.translate(_OF_BIT[_SINGLE]))
        ids = set(map(self._single.__getitem__, alone)) - {0}
        if _SEVERAL in ids:
            ids.remove(_SEVERAL)
            ids.update(*(self._more[one] for one in self._more.keys() & numbers))
        firsts = list(compress(numbers, kinds.translate(_OF_BIT[_PAIRS])))
        leaves = [*self._together(firsts, numbers), *self._apart(numbers)]
        ids.update(one for one in leaves if isinstance(one, int))
        ids.update(*(one for one in leaves if isinstance(one, set)))
        return ids, set(compress(numbers, kinds.translate(_OF_BIT[_PHRASES])))

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

    def _together(self, firsts: list[int], numbers: set[int]) -> Iterator[int | set[int]]:
        leaves = self._leaves["pairs"]
        seconds = list(map(self._pairs.__getitem__, firsts))
        present = list(map(not_, map(numbers.isdisjoint, seconds)))
        for first, some in zip(compress(firsts, present), compress(seconds, present), strict=True):
            for second in numbers.intersection(some):
                yield leaves[first << _HALF | second]

    def _apart(self, numbers: set[int]) -> Iterator[int | set[int]]:
        leaves = self._leaves["minus"]
        for first in self._minus.keys() & numbers:
            for second in self._minus[first] - numbers:
                yield leaves[first << _HALF | second]

    def _note(self, table: Table, first: int, second: int) -> None:
        if table == "minus":
            self._minus.setdefault(first, set()).add(second)
            return
        self._kinds[first] |= _PAIRS if table == "pairs" else _PHRASES
        if table == "phrases":
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
