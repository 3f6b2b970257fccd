"""When operators are told that the database fails, and when that it works again."""

from datetime import timedelta

from bot.domain.incidents import Incident, Incidents
from tests.builders import NOW


def at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_failures_one_after_the_other_are_one_incident() -> None:
    incidents = Incidents()
    for second in range(0, 60, 10):
        incidents.failed("disk", NOW + at(second))
        incidents.worked()  # another statement that needed no room
    assert incidents.current(NOW + at(60)) == Incident("disk", NOW, NOW + at(50))


def test_it_is_over_when_something_was_written_and_nothing_failed_for_a_while() -> None:
    incidents = Incidents()
    incidents.failed("busy", NOW)
    silent = incidents.current(NOW + at(600))
    incidents.worked()
    assert (silent is None, incidents.current(NOW + at(601))) == (False, None)


def test_the_next_failure_after_that_is_another() -> None:
    incidents = Incidents()
    incidents.failed("busy", NOW)
    incidents.worked()
    incidents.current(NOW + at(30))
    incidents.failed("disk", NOW + at(40))
    assert incidents.current(NOW + at(41)) == Incident("disk", NOW + at(40), NOW + at(40))
