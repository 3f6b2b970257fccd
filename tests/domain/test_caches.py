"""What is remembered of words is bounded in bytes: feeds are strangers' (H8, P3)."""

import gc
import tracemalloc

import pytest

from bot.domain.candidates import words_of
from bot.domain.documents import document_of
from bot.domain.grammar import parse
from bot.domain.matching import Index
from bot.domain.pieces import Library
from bot.domain.stories import sketch_of
from bot.names.table import shipped_names
from tests.builders import make_article

LETTERS = 16_000
"""Characters of a summary at most (P1)."""


def read(index: Index, number: int, start: str) -> None:
    """All that is worked out of an article whose summary is one word without end."""
    summary = f"{start}{number}{start * LETTERS}"[:LETTERS]
    article = make_article(title=f"No {number}", summary=summary, language="en")
    document = document_of(article, shipped_names())
    while not index.prepare("en"):
        pass
    index.match(document)
    words_of(document)
    sketch_of(article, document)


def test_h8_words_without_end_are_not_remembered() -> None:
    index = Index(shipped_names())
    starts = ("q", "س", "가")
    for number, start in enumerate(starts):
        read(index, number, start)  # what is loaded once
    tracemalloc.start()
    for number in range(100, 116):
        for start in starts:
            read(index, number, start)
    gc.collect()
    taken = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, "*/bot/domain/*")])
    tracemalloc.stop()
    kept = sum(trace.size for trace in taken.traces)
    assert kept < 16 * len(starts) * LETTERS / 4, kept


def test_h8_the_pieces_of_all_languages_together_are_bounded() -> None:
    library = Library(most=2_000)
    tables = [library.pieces(f"x{number}") for number in range(10)]
    for number in range(1_024):
        for table in tables:
            assert table.piece(f"w{number}").keys == (f"w{number}",)
    assert 0 < sum(map(len, tables)) <= 2_000 + 10 * 256


def test_h8_so_is_what_they_lead_to_and_languages_without_stems_share_a_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.domain.vocabulary.ALL_KEPT", 500)
    index = Index()
    index.add(parse("w7"))
    for number in range(60):
        words = " ".join(f"w{number % 10}x{one}" for one in range(90))
        article = make_article(title="w7", summary=words, language=f"q{chr(97 + number % 20)}")
        assert len(list(index.match(document_of(article)))) == 1
    vocabulary = index._vocabulary
    assert sum(map(len, vocabulary._readings.values())) <= 500 + 100
    assert len(vocabulary._stems) == 1
