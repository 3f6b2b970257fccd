"""The index keeps to what is stored, also where a change fails or an old version wrote it."""

import pytest

from bot.domain.errors import StorageTrouble
from bot.domain.grammar import parse
from bot.services.live_index import LiveIndex
from tests.builders import make_article

TRUCE = parse("truce")
ARTICLE = make_article(title="A truce", summary="", language="en")


async def rung(index: LiveIndex) -> frozenset[int]:
    (found,) = await index.match_all([ARTICLE])
    return found


def fail_to_leave(index: LiveIndex) -> None:
    with index.leaving() as discard:
        discard(TRUCE.id, TRUCE.text)
        raise StorageTrouble("locked")


async def test_a_query_that_leaves_rings_no_more() -> None:
    index = LiveIndex()
    index.add(TRUCE)
    with index.leaving() as discard:
        discard(TRUCE.id, TRUCE.text)
    assert await rung(index) == frozenset()


async def test_a_query_rings_on_where_its_leaving_could_not_be_written() -> None:
    index = LiveIndex()
    index.add(TRUCE)
    with pytest.raises(StorageTrouble):
        fail_to_leave(index)
    assert await rung(index) == {TRUCE.id}


async def test_a_query_of_another_grammar_can_leave() -> None:
    index = LiveIndex()
    index.add(TRUCE)
    index.discard(1, "truce OR")
    assert await rung(index) == {TRUCE.id}
