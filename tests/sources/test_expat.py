"""The parser below feedparser."""

import io
from xml.sax.handler import ContentHandler

import pytest

from bot.sources.expat import create_parser, prefer_it


class _Pieces(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def characters(self, content: str) -> None:
        self.texts.append(content)


def test_a_text_with_references_and_lines_comes_in_one_piece() -> None:
    reader, pieces = create_parser(), _Pieces()
    reader.setContentHandler(pieces)
    reader.parse(io.BytesIO(b"<p>Talks &lt;b&gt;in Geneva&lt;/b&gt;\nend &amp; begin</p>"))
    assert pieces.texts == ["Talks <b>in Geneva</b>\nend & begin"]


def test_feedparser_asks_for_it_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sources.expat.PREFERRED_XML_PARSERS", asked := ["drv_libxml2"])
    prefer_it()
    assert asked == ["bot.sources.expat", "drv_libxml2"]
