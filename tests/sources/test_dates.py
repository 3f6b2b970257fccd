"""P6: what a feed writes as a date is the moment it means, or nothing."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.charsets import as_text
from bot.sources.dates import moment
from bot.sources.month_names import month_of

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2198, 1, 1), timezones=ZONES)


@given(MOMENTS)
def test_p6_dates_written_by_the_book_are_read_to_the_second(date: datetime) -> None:
    second = date.replace(microsecond=0)
    read = [moment(date.isoformat()), moment(format_datetime(date)), moment(str(date))]
    assert read == [second.astimezone(UTC)] * 3


@given(MOMENTS)
def test_p6_seconds_since_1970_are_read(date: datetime) -> None:
    seconds = int(date.timestamp()) % 10_000_000_000
    expected = datetime.fromtimestamp(seconds, UTC) if seconds >= 100_000_000 else None
    assert moment(str(seconds)) == expected or len(str(seconds)) < 9


DATE_LIKE = st.text("0123456789 -/:.,+TZ年月日오후apm'JanFebMärz()", max_size=40)


@given(st.text() | DATE_LIKE)
def test_p4_no_text_breaks_the_reading_of_dates(text: str) -> None:
    found = moment(text)
    assert found is None or (found.tzinfo is UTC and 1969 <= found.year <= 2200)


@pytest.mark.parametrize("text", ["03/04/2024", "3/4/24 10:00", "12/11/2024"])
def test_p6_a_date_that_can_be_read_in_two_ways_is_none(text: str) -> None:
    assert moment(text) is None


MONTHS = {
    "en": "january february march april may june july august september october november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "jänner februar märz april mai juni juli august september oktober november dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "hu": "január február március április május június július augusztus szeptember október",
    "ro": "ianuarie februarie martie aprilie mai iunie "
    "iulie august septembrie octombrie noiembrie",
}


@pytest.mark.parametrize("language", MONTHS)
def test_p6_months_are_known_by_name(language: str) -> None:
    names = MONTHS[language].split()
    assert [month_of(name) for name in names] == list(range(1, len(names) + 1))


@given(st.binary(max_size=400), st.none() | st.text(max_size=60))
def test_p4_no_bytes_and_no_header_break_the_reading_of_text(
    body: bytes, header: str | None
) -> None:
    assert as_text(body, header).encode("utf-8") is not None


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-32"])
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_h5_what_is_declared_truly_is_read_truly(charset: str, text: str) -> None:
    document = f"<?xml version='1.0' encoding='{charset}'?><a>{text}</a>"
    assert as_text(document.encode(charset)) == document
