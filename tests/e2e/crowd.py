"""Many people who subscribe, and a ledger of what each of them must be told."""

from dataclasses import dataclass, field

from bot.domain.grammar import parse
from bot.domain.model import ChatKind, Place
from bot.playground.world import Json, World
from storage.engine import open_storage
from tests.e2e.rig import Rig, now


async def gather(rig: Rig, word: str, count: int, first: int) -> list[int]:
    """So many private chats that subscribe to a word, written into a stopped bot's database."""
    people = list(range(first, first + count))
    async with open_storage(rig.settings["DATABASE_URL"]) as database, database.write() as tx:
        for one in people:
            rig.world.person(one, f"Person {one}")
            rig.world.rooms[one].members[rig.world.bot["id"]] = "member"
            await tx.chats.ensure(one, ChatKind.PRIVATE, f"Person {one}", "en")
            await tx.subscriptions.add(Place(one), word, parse(word), now())
    return people


@dataclass
class Ledger:
    """Every link that a chat must be told, against what Telegram has accepted."""

    world: World
    due: set[tuple[int, str]] = field(default_factory=set)

    def expect(self, chats: list[int], link: str) -> None:
        self.due |= {(chat, link) for chat in chats}

    def told(self) -> list[tuple[int, str]]:
        return [
            (message["chat"]["id"], link)
            for message in self.world.sent
            for link in dict.fromkeys(links_of(message))
        ]

    def lost(self) -> set[tuple[int, str]]:
        return self.due - set(self.told())

    def doubled(self) -> list[tuple[int, str]]:
        told = self.told()
        return [one for one in self.due for _ in range(told.count(one) - 1)]

    async def complete(self, seconds: float) -> None:
        """Wait until nothing is missing."""
        await self.world.until(lambda: not self.lost(), seconds)


def links_of(message: Json) -> list[str]:
    entities = message.get("entities", ())
    return [one["url"] for one in entities if one["type"] == "text_link"]
