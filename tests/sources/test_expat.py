"""The parser below feedparser."""

import io
from xml.sax.handler import ContentHandler

from feedparser.api import PREFERRED_XML_PARSERS

import bot.sources.parsing  # noqa: F401 - tells feedparser of it
from bot.sources.expat import create_parser


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


def test_feedparser_asks_for_it_first() -> None:
    assert PREFERRED_XML_PARSERS[0] == "bot.sources.expat"
