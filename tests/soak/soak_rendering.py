"""R1 in numbers: Telegram takes every one of 100,000 alerts made of whatever feeds may say."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.rendering.hostile import Said, deliveries, spoken
from tests.rendering.strict import accepted

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7_200)]


@settings(max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries())
def test_r1_telegram_takes_a_hundred_thousand_alerts(one: Said) -> None:
    accepted(spoken(one))
