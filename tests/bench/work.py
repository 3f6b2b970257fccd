"""Generated work for the benchmarks: the same every time.

After performance.md 1.2: a vocabulary of 120,000 words with the frequencies of natural language,
articles of about 500 words, subscriptions of one word (60 %), two (25 %), a phrase (10 %) or two
words without a third (5 %), by Zipf's law over ranks. None asks for one of the 4,200 most
frequent words, so that an article meets some 2,150 of a million subscriptions, as there. No word
is inflected, so that what pyahocorasick finds is what the oracle finds.
"""

import random
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate, islice

from bot.domain.model import Article
from tests.builders import make_article

WORDS = 120_000
FREQUENT = 4_200
SYLLABLES = [c + v for c in "bdfgjklmnprstvz" for v in "aeiou"]
LENGTH = 500


def word(rank: int) -> str:
    """Pronounceable and distinct; frequent words are short, as in life."""
    out = ""
    while True:
        rank, digit = divmod(rank, len(SYLLABLES))
        out += SYLLABLES[digit]
        if rank == 0:
            return out + "k"
        rank -= 1


class Work:
    """Words, articles and queries drawn from one seed."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - the same work every time
        self._words = [word(rank) for rank in range(WORDS)]
        self._text = list(accumulate(1 / (rank + 2.7) for rank in range(WORDS)))
        asked = range(FREQUENT, WORDS)
        self._asked = list(accumulate((rank - FREQUENT + 1) ** -0.8 for rank in asked))

    def articles(self, count: int) -> list[Article]:
        """Articles in which the words of a topic come again, as in life."""
        return [self._article() for _ in range(count)]

    def queries(self, count: int) -> Iterator[str]:
        """One query a subscription; many subscribe to the same."""
        return islice(iter(self._query, None), count)

    def _article(self) -> Article:
        topic = [self._draw() for _ in range(8)]
        words = [
            self._rng.choice(topic) if self._rng.random() < 0.1 else self._draw()
            for _ in range(LENGTH)
        ]
        sentences = [
            " ".join(words[at : at + 20]).capitalize() + "." for at in range(0, LENGTH, 20)
        ]
        title, *rest = sentences
        return make_article(title=title, summary=" ".join(rest), language="en")

    def _draw(self) -> str:
        return self._words[bisect(self._text, self._rng.random() * self._text[-1])]

    def _wish(self) -> str:
        at = bisect(self._asked, self._rng.random() * self._asked[-1])
        return self._words[FREQUENT + at]

    def _query(self) -> str:
        kind = self._rng.random()
        if kind < 0.6:
            return self._wish()
        if kind < 0.85:
            return f"{self._wish()} {self._wish()}"
        if kind < 0.95:
            return f'"{self._wish()} {self._draw()}"'
        return f"{self._wish()} {self._wish()} -{self._wish()}"
