"""A lease outlives the work under it: else another process does the same work beside it."""

from bot.parts import ANSWER, LEASE
from bot.sending.limiter import PATIENCE, Rank
from bot.services import pages, translate
from bot.services.deliver import A_SEND

CONNECTION = 5.0 + 5.0
"""Seconds: PTB's own for a connection and for writing the request (telegram.request)."""


def test_a_send_ends_within_what_delivery_reckons_with() -> None:
    assert PATIENCE[Rank.ALERT] + CONNECTION + ANSWER <= A_SEND.total_seconds()


def test_a_lane_is_leased_until_its_alert_is_prepared_and_said() -> None:
    prepared = pages.PATIENCE + translate.PATIENCE
    assert prepared + A_SEND.total_seconds() <= LEASE
