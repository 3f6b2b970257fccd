"""setWebhook: updates are brought to the bot, one after the other, until it takes them."""

import asyncio

import httpx

from bot.playground.world import DEFAULT_UPDATES, Json, World

PAUSE = 0.2
"""Seconds before an update that was refused is brought again."""


class Courier:
    """Brings the world's updates to the address that the bot named."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._task: asyncio.Task[None] | None = None
        self.url = ""

    def set(self, parameters: Json) -> bool:
        """Begin at this address; an empty one ends it."""
        self.unset()
        self.url = str(parameters.get("url") or "")
        if self.url:
            allowed = parameters.get("allowed_updates")
            self._world.allowed = frozenset(allowed or ()) or DEFAULT_UPDATES
            secret = str(parameters.get("secret_token") or "")
            self._task = asyncio.create_task(self._bring(self.url, secret))
            self._world.poll_began()
        return True

    def unset(self) -> bool:
        """Bring nothing more."""
        if self._task is not None:
            self._task.cancel()
        self._task, self.url = None, ""
        return True

    async def _bring(self, url: str, secret: str) -> None:
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            while True:
                await self._world.until(lambda: bool(self._world.updates), 3_600)
                update = self._world.updates[0]
                if await _taken(client, url, headers, update):
                    self._world.updates.remove(update)
                else:
                    await asyncio.sleep(PAUSE)


async def _taken(
    client: httpx.AsyncClient, url: str, headers: dict[str, str], update: Json
) -> bool:
    try:
        return (await client.post(url, json=update, headers=headers)).is_success
    except httpx.HTTPError:
        return False
