"""What a source is called, as people write it."""

import pytest

from bot.domain.outlets import source_query

KNOWN = (
    ("Der Spiegel", "https://www.spiegel.de/schlagzeilen/index.rss"),
    ("BBC News", "https://feeds.bbci.co.uk/news/rss.xml"),
    ("NATO", "https://nato.example/feed"),
)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("der spiegel", 'source:"der spiegel"'),
        ("Spiegel", "source:Spiegel"),
        ("bbc news", 'source:"bbc news"'),
        ("nato", "source:nato"),
        ("news", None),
        ("www", None),
        ("spieg", None),
        ("de", None),
        ("NATO Geneva", None),
        ("", None),
    ],
)
def test_a_whole_title_or_a_label_of_the_host_names_a_source(text: str, query: str | None) -> None:
    assert source_query(text, KNOWN) == query
