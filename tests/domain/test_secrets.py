"""K3: passwords in addresses go where they belong and nowhere else."""

import pytest

from bot.domain.secrets import next_hop, shown_to, with_user_of, without_user

HERE = "https://me:p%40w@a.org/feeds/f?x=1"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/new", "https://me:p%40w@a.org/new"),
        ("g?y=2", "https://me:p%40w@a.org/feeds/g?y=2"),
        ("https://a.org/new", "https://me:p%40w@a.org/new"),
        ("https://A.ORG/new", "https://me:p%40w@A.ORG/new"),
        ("https://you@a.org/new", "https://you@a.org/new"),
        ("http://a.org/new", "http://a.org/new"),
        ("https://b.org/new", "https://b.org/new"),
        ("//b.org/new", "https://b.org/new"),
        ("https://a.org.evil.org/new", "https://a.org.evil.org/new"),
        ("https://a.org:8443/new", "https://a.org:8443/new"),
        ("https://a.org:x/new", "https://a.org:x/new"),
    ],
)
def test_k3_a_redirect_takes_the_password_along_to_the_same_host_alone(
    location: str, expected: str
) -> None:
    assert next_hop(HERE, location) == expected


def test_k3_a_password_that_was_sent_in_the_open_may_go_on_under_https() -> None:
    assert next_hop("http://me:pw@a.org/f", "https://a.org/f") == "https://me:pw@a.org/f"


def test_k3_what_is_relative_to_an_address_has_no_password() -> None:
    assert without_user(HERE) == "https://a.org/feeds/f?x=1"
    assert without_user("https://a.org/@me:pw@x") == "https://a.org/@me:pw@x"


def test_k3_the_feeds_of_a_page_behind_a_password_are_behind_the_same() -> None:
    found = [with_user_of(HERE, one) for one in ("https://a.org/rss", "https://b.org/rss")]
    assert found == ["https://me:p%40w@a.org/rss", "https://b.org/rss"]


def test_k3_who_added_an_address_reads_it_and_nobody_else() -> None:
    shown = [shown_to("https://me:pw@a.org/f", adder=adder) for adder in (True, False)]
    assert shown == ["https://me:pw@a.org/f", "https://***@a.org/f"]
