"""When a source is asked again."""

from datetime import timedelta

import pytest

from bot.domain.errors import FetchError
from bot.domain.model import Feed, Validators
from bot.domain.polling import after_failure, after_not_modified, after_success
from bot.domain.ports import Fetched, NotModified
from tests.builders import NOW, make_source

FEED = Feed(title="T", link=None, language="de", format="rss20", entries=())


def answer(max_age: int | None = None) -> Fetched:
    return Fetched(
        url="u", body=b"", content_type=None, validators=Validators(etag="e"), max_age=max_age
    )


def wait(seconds: float, asked: float) -> bool:
    """Within the spread of ten per cent."""
    return asked <= seconds <= asked * 1.1


def test_a_setting_under_a_minute_is_taken_as_it_is() -> None:
    polled = after_success(make_source(), answer(9_999), FEED, "d", NOW, 1)
    assert polled.due == NOW + timedelta(seconds=1)


@pytest.mark.parametrize(("max_age", "expected"), [(None, 300), (900, 900), (10**6, 6 * 3_600)])
def test_cache_control_is_followed_up_to_six_hours(max_age: int | None, expected: float) -> None:
    polled = after_success(make_source(), answer(max_age), FEED, "d", NOW, 300)
    assert wait((polled.due - NOW).total_seconds(), expected)


def test_the_first_good_poll_is_remembered_and_errors_are_forgotten() -> None:
    polled = after_success(make_source(failures=3, error="dns"), answer(), FEED, "d", NOW, 300)
    assert (polled.first_polled, polled.failures, polled.error) == (NOW, 0, None)


def test_not_modified_keeps_the_validators() -> None:
    source = make_source(validators=Validators(etag='W/"1"'), first_polled=NOW)
    assert after_not_modified(source, NotModified(), NOW, 300).validators == source.validators


@pytest.mark.parametrize(("failures", "expected"), [(0, 300), (1, 600), (4, 4_800), (20, 86_400)])
def test_back_off_begins_at_the_interval_and_doubles_to_a_day(
    failures: int, expected: float
) -> None:
    polled = after_failure(make_source(failures=failures), FetchError("dns", ""), NOW, 300)
    assert wait((polled.due - NOW).total_seconds(), expected)


def test_retry_after_is_always_honoured() -> None:
    error = FetchError("rate-limited", "", status=429, retry_after=7_200)
    polled = after_failure(make_source(), error, NOW, 300)
    assert polled.due >= NOW + timedelta(seconds=7_200)


def test_a_failure_is_no_first_poll() -> None:
    assert after_failure(make_source(), FetchError("dns", ""), NOW, 300).first_polled is None
