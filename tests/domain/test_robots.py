"""What a host lets us fetch: robots.txt by RFC 9309."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.robots import EVERYTHING, NOTHING, read_robots

SIMPLE = "User-agent: *\nDisallow: /private/\nAllow: /private/press/\n"
OURS = "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-Agent: NewsBell\nDisallow: /x\n"
WILD = "user-agent: *\ndisallow: /*?print\ndisallow: /*.pdf$\nallow: /news\n"


@pytest.mark.parametrize(
    ("text", "target", "may"),
    [
        ("", "/news/1", True),
        ("User-agent: *\nDisallow:\n", "/news/1", True),
        ("User-agent: *\nDisallow: /", "/news/1", False),
        ("\ufeffUser-agent: *\r\nDisallow: / # all\r\n".lstrip("\ufeff"), "/news/1", False),
        (SIMPLE, "/private/diary", False),
        (SIMPLE, "/private/press/1", True),
        (SIMPLE, "/privateer", True),
        (OURS, "/news/1", True),
        (OURS, "/x", False),
        ("User-agent: newsbell\nDisallow:\n\nUser-agent: *\nDisallow: /", "/news/1", True),
        (WILD, "/a/b?print=1", False),
        (WILD, "/report.pdf", False),
        (WILD, "/report.pdf?x", True),
        (WILD, "/news", True),
        ("User-agent: *\nDisallow: /a$", "/a", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: *\nDisallow: /a*a$", "/a", True),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café/1", False),
        ("User-agent: *\nDisallow: /p\nAllow: /p", "/p", True),
        ("Disallow: /", "/news/1", True),
        ("User-agent: *\nCrawl-delay: 5\nDisallow: /y", "/y", False),
        ("User-agent: a\n\nUser-agent: *\nDisallow: /y", "/y", False),
    ],
)
def test_the_longest_rule_of_our_group_decides(text: str, target: str, *, may: bool) -> None:
    assert read_robots(text, "Newsbell").allows(target) == may


def test_a_host_without_rules_allows_all_and_one_that_fails_nothing() -> None:
    assert (EVERYTHING.allows("/a"), NOTHING.allows("/a")) == (True, False)


@given(st.text(alphabet="user-agtdislow:*/$%\n# ", max_size=300), st.text(max_size=40))
def test_no_file_raises_anything(text: str, target: str) -> None:
    assert read_robots(f"User-agent: *\n{text}", "Newsbell").allows(target) in (True, False)
