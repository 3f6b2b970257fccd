"""H5, P6: what Newsbell makes of feeds as they are, good, old, odd and broken.

Beside each document in `golden/` lies what is expected of it: `count` and `entries` (only the
fields that matter there), `feed`, or `refused`, the code of the error. `charset` is what the text
is encoded in before it is parsed, `mark` the bytes put before it and `bytes` what takes the place
of a word in brackets, both in hexadecimal; `content_type` is the server's header.

Measured on 891 facts (an entry's title, link, id and date, and how many there are) that the tests
of feedparser, miniflux, reader and feed-rs assert: 866 agree, 97.2 %. 8 are links that are no web
addresses, which issue 4 forbids; of the other 883, 98.1 %. The 17 that are left: ids that a peer
makes up (4); a guid that is no path stays as it is (1); a link is the entry's own or none, not its
site's (3), and in Atom relative to the document (1); of FeedBurner's two links the original is
taken (2); a host and a missing last slash stay as written (2); 03-12-31 and the year 100 (2); a
text heads an entry before its address does (1), and what stands in a script is no title (1).
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
