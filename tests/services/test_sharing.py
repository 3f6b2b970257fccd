"""Several processes with one token stay within its rate together; on both databases."""

from bot.domain.pacing import Pace
from bot.services.sharing import ALIVE, BEAT, Sharing
from storage.engine import Database
from tests.fakes import FakeClock


class Process:
    """One of them: its pace, and how long it waited."""

    def __init__(self, database: Database, clock: FakeClock, name: str) -> None:
        self.pace = Pace(30)
        self.waited: list[float] = []
        self.sharing = Sharing(database, clock, name, self.pace.share, self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)

    @property
    def rate(self) -> int:
        return round(1 / self.pace.spacing)


async def test_two_processes_have_half_the_rate_each_and_the_second_begins_when_the_first_knows(
    database: Database,
) -> None:
    clock = FakeClock()
    first, second = (Process(database, clock, name) for name in "ab")
    await first.sharing.join()
    alone = first.rate
    await second.sharing.join()
    await first.sharing.beat()
    assert (alone, first.rate, second.rate) == (30, 15, 15)
    assert (first.waited, second.waited) == ([], [BEAT])


async def test_who_was_killed_leaves_its_part_after_half_a_minute_and_who_ends_at_once(
    database: Database,
) -> None:
    clock = FakeClock()
    first, killed, ended = (Process(database, clock, name) for name in "abc")
    for one in (first, killed, ended):
        await one.sharing.join()
    await first.sharing.beat()
    rates = [first.rate]
    async with database.write() as tx:
        await tx.leases.leave("c")
    await first.sharing.beat()
    rates.append(first.rate)
    clock.advance(ALIVE)
    await first.sharing.beat()
    assert [*rates, first.rate] == [10, 15, 30]


def test_what_was_learnt_from_flood_waits_is_kept_when_a_process_joins() -> None:
    pace = Pace(30)
    for chat in range(1, 4):
        pace.hold(chat, until=5.0, now=0.0)
    pace.share(2)
    assert round(1 / pace.spacing, 6) == 12  # a quarter wider, and half of it
