"""What operators switch is effective while the program runs."""

import asyncio
from time import monotonic

import pytest

from bot.domain.grammar import parse
from bot.domain.model import ChatKind, Place
from storage.engine import open_storage
from tests.builders import NOW
from tests.e2e.rig import ADA, Rig

CROWD = 150
"""Alerts of one article: five seconds of sending at 30 a second."""

IN_FLIGHT = 64
"""Lanes that are served at once; what waits longer than five seconds to be sent is handed back
(`sending.limiter.PATIENCE`), so that the switch is effective within those at any rate."""


async def gather(rig: Rig) -> None:
    """Many private chats, each with one subscription."""
    query = parse("derby")
    async with open_storage(rig.settings["DATABASE_URL"]) as database, database.write() as tx:
        for number in range(1_000, 1_000 + CROWD):
            rig.world.person(number, f"P{number}")
            rig.world.rooms[number].members[rig.world.bot["id"]] = "member"
            await tx.chats.ensure(number, ChatKind.PRIVATE, "", "en")
            await tx.subscriptions.add(Place(number), "derby", query, NOW)


@pytest.mark.parametrize("rig", [("sqlite", "polling")], indirect=True, ids="-".join)
async def test_the_switch_stops_all_alerts_at_once_and_loses_none(rig: Rig) -> None:
    rig.settings["ADMIN_USER_IDS"] = str(ADA)
    await gather(rig)
    await rig.start()
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "Derby ends in a draw")

    def rung() -> int:
        return sum("Derby ends" in one.get("text", "") for one in rig.world.sent)

    await rig.world.until(lambda: rung() > 0, 60)
    await rig.ask(ADA, ADA, "/pause_sending", "No alert leaves now")
    stopped, before, late = monotonic(), rung(), [0.0]

    async def listen() -> None:
        async with rig.world.watch() as events:
            while True:
                if "Derby ends" in str((await events.get()).get("text")):
                    late.append(monotonic() - stopped)

    listening = asyncio.create_task(listen())
    await rig.publisher.polled("daily", 12)
    after = rung()
    await rig.publisher.polled("daily", 3)
    listening.cancel()
    print(f"alerts after the switch: {after - before}, the last within {late[-1]:.1f} s")
    assert (after - before <= IN_FLIGHT, rung()) == (True, after)
    await rig.ask(ADA, ADA, "/stats", "waiting: ")
    await rig.ask(ADA, ADA, "/pause_sending off", "Alerts leave again")
    await rig.world.until(lambda: rung() == CROWD, 60)
    assert len({one["chat"]["id"] for one in rig.world.sent}) == CROWD + 1
