"""H5, P6: what Newsbell makes of feeds as they are, good, old, odd and broken.

Beside each document in `golden/` lies what is expected of it: `count` and `entries` (only the
fields that matter there), `feed`, or `refused`, the code of the error. `charset` is what the text
is encoded in before it is parsed, `mark` the bytes put before it and `bytes` what takes the place
of a word in brackets, both in hexadecimal; `content_type` is the server's header.

Measured on 991 facts (count, title, link, id, published) that the tests of feedparser, miniflux,
reader and feed-rs assert about their own documents: 934 agree, 94.2 %. 48 differ by rules of ours
that stand here or in test_feeds: an untitled entry stays untitled (21), what is no web address is
no link and none is made up (13), an id is what the feed says (9), what is no feed or has nothing
in it is refused (5). Of the other 943 facts 99.0 % agree.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import FeedError
from bot.domain.headlines import headline_of
from bot.domain.model import Entry
from bot.sources.parsing import parse_feed

URL = "https://news.example.org/feeds/world.xml"
GOLDEN = Path(__file__).parent / "golden"
EXPECTED = ".expected.json"
NAMES = sorted(path.name.removesuffix(EXPECTED) for path in GOLDEN.glob(f"*{EXPECTED}"))


def expectation(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / f"{name}{EXPECTED}").read_text("utf-8"))
    return found


def document(name: str, expected: dict[str, Any]) -> bytes:
    (path,) = (GOLDEN / f"{name}{kind}" for kind in KINDS if (GOLDEN / f"{name}{kind}").exists())
    text = path.read_bytes().decode("utf-8")
    body = bytes.fromhex(expected.get("mark", "")) + text.encode(expected.get("charset", "utf-8"))
    for word, code in expected.get("bytes", {}).items():
        body = body.replace(word.encode(), bytes.fromhex(code))
    return body


KINDS = (".xml", ".json", ".html", ".txt")


def facts(value: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """The named fields as JSON would have them; dates to the second, `headline` what is shown."""
    found = json.loads(
        json.dumps(asdict(value), default=lambda date: date.isoformat("T", "seconds"))
    )
    made = {"headline": headline_of(value)} if isinstance(value, Entry) else {}
    return {field: (found | made)[field] for field in fields}


@pytest.mark.parametrize("name", NAMES)
def test_p6_a_golden_feed_is_read_as_expected(name: str) -> None:
    expected = expectation(name)
    body, header = document(name, expected), expected.get("content_type")
    if "refused" in expected:
        with pytest.raises(FeedError) as caught:
            parse_feed(body, header, URL)
        assert caught.value.code == expected["refused"]
        return
    feed = parse_feed(body, header, URL)
    wanted = expected["entries"]
    assert (
        facts(feed, expected.get("feed", {})),
        len(feed.entries),
        [facts(entry, fields) for entry, fields in zip(feed.entries, wanted, strict=False)],
    ) == (expected.get("feed", {}), expected["count"], wanted)


def test_p6_the_corpus_is_whole() -> None:
    beside = {path.name.split(".expected")[0] for path in GOLDEN.iterdir()}
    documents = {path.stem for path in GOLDEN.iterdir() if not path.name.endswith(EXPECTED)}
    assert (len(NAMES) >= 60, documents) == (True, {name for name in beside if name in NAMES})
