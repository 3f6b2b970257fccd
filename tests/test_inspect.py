"""`newsbell inspect` and `newsbell match`: the lines and statuses that PRODUCT.md promises."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.builders import NOW

ROOT = Path(__file__).parent.parent
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)")

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Herald</title>
<link>https://herald.example.org/</link><language>en-gb</language>
<item><title>Talks &amp; truce</title><link>https://herald.example.org/1</link>
<guid isPermaLink="false">herald-1</guid><pubDate>Sun, 09 Jan 2022 11:57:14 +0100</pubDate>
<description>&lt;p&gt;Delegates met in &lt;b&gt;Geneva&lt;/b&gt;.&lt;/p&gt;</description>
<author>ada@example.org (Ada)</author><category>World</category>
<enclosure url="https://herald.example.org/1.jpg" type="image/jpeg" length="1"/></item>
<item><title>No id of its own</title><link>https://herald.example.org/2</link></item>
<item><title>Neither id nor link</title><pubDate>yesterday</pubDate></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Der Bote</title>
<id>tag:bote.example.org,2022:feed</id><updated>2022-01-09T10:57:14Z</updated>
<link rel="alternate" href="https://bote.example.org/"/>
<entry><id>tag:bote.example.org,2022:1</id><title>Gespräche über die Waffenruhe in Genf</title>
<link href="https://bote.example.org/1"/><updated>2022-01-09T10:57:14Z</updated></entry></feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Wire",
        "items": [{"id": 7, "content_text": "A note", "date_published": "2022-01-09T10:57:14Z"}],
    }
)
EMPTY = "<rss version='2.0'><channel><title>Nothing yet</title></channel></rss>"
FIELDS = {
    "id",
    "title",
    "link",
    "summary",
    "published",
    "authors",
    "categories",
    "image",
    "language",
}


def newsbell(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """The command as people type it, in this folder; its status and lines."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    return done.returncode, done.stdout.splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "herald.xml": RSS,
        "bote.xml": ATOM,
        "wire.json": JSON,
        "empty.xml": EMPTY,
        "page.html": "<!doctype html><title>A page</title>",
    }.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def read(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def test_each_argument_is_one_line_in_order_and_all_well_is_status_0(folder: Path) -> None:
    names = ["herald.xml", "bote.xml", "wire.json", "empty.xml"]
    status, lines = newsbell(folder, "inspect", *names, "--json")
    found = read(lines)
    entries = [entry for one in found for entry in one["entries"]]
    assert (status, [one["target"] for one in found]) == (0, names)
    assert [set(one) for one in found] == [{"target", "ok", "feed", "entries"}] * 4
    assert [one["feed"] for one in found] == [
        {
            "title": "The Herald",
            "link": "https://herald.example.org/",
            "language": "en-gb",
            "format": "rss20",
        },
        {
            "title": "Der Bote",
            "link": "https://bote.example.org/",
            "language": "de",
            "format": "atom10",
        },
        {"title": "Wire", "link": None, "language": None, "format": "json11"},
        {"title": "Nothing yet", "link": None, "language": None, "format": "rss20"},
    ]
    assert [len(one["entries"]) for one in found] == [3, 1, 1, 0]
    assert [set(entry) for entry in entries] == [FIELDS] * 5
    assert [entry for entry in entries if not entry["id"]] == []
    times = [entry["published"] for entry in entries if entry["published"] is not None]
    assert [one for one in times if not MOMENT.fullmatch(one)] == []
    first, second, third = found[0]["entries"]
    assert first | {"language": None} == {
        "id": "herald-1",
        "title": "Talks & truce",
        "link": "https://herald.example.org/1",
        "summary": "Delegates met in Geneva.",
        "published": NOW.isoformat(),
        "authors": ["Ada"],
        "categories": ["World"],
        "image": "https://herald.example.org/1.jpg",
        "language": None,
    }
    assert (second["id"], second["published"]) == ("https://herald.example.org/2", None)
    assert (bool(third["id"]), third["link"], third["published"]) == (True, None, None)


def test_what_cannot_be_read_has_its_error_and_the_rest_is_shown(folder: Path) -> None:
    targets = {
        "missing.xml": "unreadable-file",
        ".": "unreadable-file",
        "page.html": "not-a-feed",
        "HTTP://127.0.0.1/feed": "refused-address",
        "http://127.0.0.1:22/feed": "refused-url",
        "ftp://example.org/feed": "refused-url",
    }
    status, lines = newsbell(folder, "inspect", *targets, "bote.xml", "--json")
    *failed, good = read(lines)
    assert (status, good["ok"]) == (1, True)
    assert {one["target"]: one["error"]["code"] for one in failed} == targets
    assert [set(one) for one in failed] == [{"target", "ok", "error"}] * len(targets)
    assert [set(one["error"]) for one in failed] == [{"code", "message"}] * len(targets)
    assert [one["ok"] for one in failed] == [False] * len(targets)


def test_without_json_people_read_it(folder: Path) -> None:
    status, lines = newsbell(folder, "inspect", "herald.xml", "missing.xml")
    assert status == 1
    assert lines[0] == "herald.xml: The Herald (rss20, en-gb)"
    assert lines[1] == "  2022-01-09 10:57 UTC  Talks & truce"
    assert lines[-1] == "missing.xml: missing.xml: No such file or directory"


def test_match_says_which_entries_a_query_hits_and_why(folder: Path) -> None:
    status, lines = newsbell(
        folder, "match", "talks | Waffenruhe", "herald.xml", "bote.xml", "--json"
    )
    assert (status, read(lines)) == (
        0,
        [
            {
                "target": "herald.xml",
                "entry": "herald-1",
                "title": "Talks & truce",
                "matched": [{"term": "talks", "word": "Talks", "field": "title"}],
            },
            {
                "target": "bote.xml",
                "entry": "tag:bote.example.org,2022:1",
                "title": "Gespräche über die Waffenruhe in Genf",
                "matched": [{"term": "waffenruhe", "word": "Waffenruhe", "field": "title"}],
            },
        ],
    )


def test_an_entry_without_a_title_is_named_by_what_is_shown_of_it(folder: Path) -> None:
    posts = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Short",
        "items": [
            {"id": "2", "content_text": "Talks resume."},
            {"id": "1", "url": "https://short.example.org/1"},
        ],
    }
    (folder / "posts.json").write_text(json.dumps(posts))
    _, lines = newsbell(folder, "inspect", "posts.json", "--json")
    (found,) = read(lines)
    assert [(one["id"], one["title"]) for one in found["entries"]] == [
        ("2", "Talks resume."),
        ("1", "https://short.example.org/1"),
    ]
