"""getUpdates: long polling as Telegram does it, for one caller at a time."""

from bot.playground.refusal import Refusal
from bot.playground.world import DEFAULT_UPDATES, Json, World

LONGEST = 50.0


class Polling:
    """The queue of updates, confirmed by offset; a second poller ends the first one's wait."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._turn = 0

    async def get_updates(self, parameters: Json) -> list[Json]:
        """Updates from `offset` on, as soon as there are any, at the latest after `timeout`."""
        self._turn += 1
        turn = self._turn
        world = self._world
        if parameters.get("allowed_updates") is not None:
            world.allowed = frozenset(parameters["allowed_updates"]) or DEFAULT_UPDATES
        offset = int(parameters.get("offset") or 0)
        world.updates = [one for one in world.updates if one["update_id"] >= offset]
        seconds = min(float(parameters.get("timeout") or 0), LONGEST)
        world.poll_began()
        try:
            await world.until(lambda: bool(world.updates) or self._turn != turn, seconds)
        except TimeoutError:
            return []
        if self._turn != turn:
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )
        return world.updates[: int(parameters.get("limit") or 100)]
