"""Who may knock: confirmations and signatures of WebSub (W4)."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha1, sha256, sha512
from hmac import HMAC

import pytest

from bot.domain.pushing import (
    Hub,
    Push,
    Signature,
    asked_again,
    confirmed,
    granted,
    request_form,
)
from tests.builders import NOW

TOPIC = "https://news.example.org/feed.xml"
PUSH = Push(
    source=1,
    hub=Hub("https://hub.example.org/", TOPIC),
    path="0f" * 16,
    secret="s" * 64,
    pending=True,
)
SAID = {
    "hub.mode": "subscribe",
    "hub.topic": TOPIC,
    "hub.challenge": "c-1",
    "hub.lease_seconds": "86400",
}
BODY = b"<rss version='2.0'/>"
DIGESTS = {"sha1": sha1, "sha256": sha256, "sha512": sha512}


def signed(method: str, body: bytes = BODY, secret: str = PUSH.secret) -> str:
    return f"{method}={HMAC(secret.encode(), body, DIGESTS[method]).hexdigest()}"


def checked(header: str, push: Push = PUSH, *parts: bytes) -> bool:
    signature = Signature(push, header)
    for part in parts or (BODY[:5], BODY[5:]):
        signature.update(part)
    return bool(signature)


def test_a_hub_is_asked_for_a_signed_lease_at_our_own_path() -> None:
    assert request_form(PUSH, "https://bell.example.org/websub/x") == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": "https://bell.example.org/websub/x",
        "hub.secret": PUSH.secret,
        "hub.lease_seconds": "864000",
    }


@pytest.mark.parametrize(
    ("changes", "lease"),
    [
        ({}, timedelta(days=1)),
        ({"hub.lease_seconds": "99999999"}, timedelta(days=10)),
        ({"hub.lease_seconds": "1"}, None),
        ({"hub.lease_seconds": "-1"}, None),
        ({"hub.lease_seconds": "soon"}, None),
        ({"hub.lease_seconds": "9" * 400}, None),
        ({"hub.lease_seconds": "٣٠٠٠"}, None),
        ({"hub.topic": f"{TOPIC}?x"}, None),
        ({"hub.topic": ""}, None),
        ({"hub.mode": "unsubscribe"}, None),
        ({"hub.mode": "denied"}, None),
        ({"hub.challenge": ""}, None),
    ],
)
def test_w4_topic_and_lease_must_match_what_was_asked(
    changes: dict[str, str], lease: timedelta | None
) -> None:
    assert granted(PUSH, SAID | changes) == lease


def test_w4_nothing_is_confirmed_that_was_not_asked_for() -> None:
    assert granted(replace(PUSH, pending=False), SAID) is None


def test_a_hub_that_names_no_lease_grants_what_was_asked() -> None:
    said = {key: value for key, value in SAID.items() if key != "hub.lease_seconds"}
    assert granted(PUSH, said) == timedelta(days=10)


def test_w4_a_lease_is_renewed_when_four_fifths_of_it_are_over() -> None:
    there, due = confirmed(replace(PUSH, failures=3), timedelta(days=10), NOW)
    assert (there.pending, there.failures, there.until) == (False, 0, NOW + timedelta(days=10))
    assert due == NOW + timedelta(days=8)


def test_a_silent_hub_is_asked_ever_more_rarely() -> None:
    push, waits = PUSH, []
    for _ in range(7):
        push, due = asked_again(push, NOW)
        waits.append((due - NOW).total_seconds() / 3_600)
    assert waits == [1, 2, 4, 8, 16, 24, 24]


@pytest.mark.parametrize(
    ("header", "good"),
    [
        (signed("sha256"), True),
        (signed("sha512"), True),
        (signed("sha1"), True),
        (signed("sha256").upper().replace("SHA256", "sha256"), True),
        (signed("sha256", b"other"), False),
        (signed("sha256", secret="guess"), False),
        (signed("sha256")[:-1], False),
        ("sha256=", False),
        ("sha256", False),
        ("md5=d41d8cd98f00b204e9800998ecf8427e", False),
        ("sha256=ü", False),
        ("", False),
    ],
)
def test_w4_a_push_is_signed_with_the_secret_over_all_of_it(header: str, *, good: bool) -> None:
    assert checked(header) == good


@pytest.mark.parametrize(
    ("agreed", "method", "good"),
    [
        ("sha256", "sha1", False),
        ("sha512", "sha256", False),
        ("sha256", "sha256", True),
        ("sha256", "sha512", True),
        ("sha1", "sha1", True),
        ("", "sha1", True),
    ],
)
def test_w4_sha1_is_refused_if_sha256_is_agreed(agreed: str, method: str, *, good: bool) -> None:
    assert checked(signed(method), replace(PUSH, method=agreed)) == good
