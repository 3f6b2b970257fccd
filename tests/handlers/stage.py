"""The handlers with a real database and an emulated Telegram, in one process and without a port.

What people do is put to the handlers at once, one update after the other; what the bot says is
in the world. Nothing else of the program runs.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from telegram import Update
from telegram.ext import Application, ApplicationBuilder
from telegram.request import BaseRequest, RequestData

from bot.config import Settings
from bot.domain.errors import FetchError
from bot.domain.model import Feed, Validators
from bot.domain.pacing import Limit
from bot.domain.portable import read_lines
from bot.domain.ports import Fetched
from bot.parts import Stage as Bill
from bot.parts import make_deps, make_services
from bot.playground.files import Upload
from bot.playground.methods import Methods
from bot.playground.refusal import Refusal
from bot.playground.world import Json, World
from bot.services.poll import Manners
from handlers.deps import Deps
from handlers.quota import Quota
from handlers.routing import ALLOWED_UPDATES, Routing
from storage import schema
from storage.engine import Database
from tests.builders import NOW

TOKEN = "1:stage"
OLGA, AMIR, MEI, RITA, LEO, OTTO = 1, 2, 3, 4, 5, 6
"""Creator, administrator, member, restricted, who left, and the operator (a member)."""

ROLES = {OLGA: "creator", AMIR: "administrator", MEI: "member", RITA: "restricted", OTTO: "member"}
GROUP, CHANNEL, OTHER = -100_1, -100_2, -100_3
NO_FILE = "sqlite+aiosqlite:////nowhere/newsbell.db"
NO_LIMIT = Limit(10**9, 1.0)

KEPT = (
    schema.subscription, schema.place, schema.muted_source, schema.source, schema.import_job,
    schema.broadcast, schema.access, schema.report, schema.lease, schema.alert,
)  # fmt: skip
"""Where a change shows; a chat's row has columns of its own beside these."""

CHAT_CHOICES = ("id", "locale", "timezone", "news", "translate")


class Wire(BaseRequest):
    """python-telegram-bot's requests, answered by the emulator's methods."""

    def __init__(self, world: World) -> None:
        self._methods = Methods(world)
        self._files = world.files

    @property
    def read_timeout(self) -> float | None:
        return 5

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        del method
        if "/file/" in url:
            return 200, self._files.at(url.partition(f"{TOKEN}/")[2]) or b""
        try:
            result = await self._methods.call(url.rpartition("/")[2], _parameters(request_data))
        except Refusal as refusal:
            return refusal.status, json.dumps(refusal.as_json()).encode()
        return 200, json.dumps({"ok": True, "result": result}).encode()


def _parameters(data: RequestData | None) -> Json:
    if data is None:
        return {}
    found: Json = dict(data.parameters)
    parts = {
        name: Upload(part[0], part[1] if isinstance(part[1], bytes) else b"")
        for name, part in data.multipart_data.items()
    }
    for name, value in found.items():
        if isinstance(value, str) and value.startswith("attach://"):
            found[name] = parts[value.removeprefix("attach://")]
    return found | {name: part for name, part in parts.items() if name not in found}


class Nowhere:
    """The web: feeds at good.example, nothing elsewhere."""

    async def fetch(self, url: str, *_: Any, **__: Any) -> Fetched:
        if not url.startswith("https://good.example/"):
            raise FetchError("dns", url)
        return Fetched(url=url, body=b"<rss/>", content_type=None, validators=Validators())

    async def parse(self, *_: Any) -> Feed:
        return Feed(title="The Good", link=None, language="en", format="rss20", entries=())

    async def read_list(self, data: bytes) -> Any:
        return read_lines(data)


@dataclass
class Stage:
    """Everything a test drives."""

    world: World
    database: Database
    application: Application[Any, Any, Any, Any, Any, Any]
    deps: Deps
    seconds: list[float] = field(default_factory=lambda: [0.0])

    def limit(self, limit: Limit) -> None:
        """So many commands a person from now on."""
        self.deps.quota._limit = limit

    async def settle(self) -> None:
        """Put all that people did to the handlers."""
        while self.world.updates:
            update = Update.de_json(self.world.updates.pop(0), self.application.bot)
            await self.application.process_update(update)

    async def hear(self, do: Callable[[], object]) -> list[Json]:
        """What the bot says to what people do."""
        before = len(self.world.sent)
        do()
        await self.settle()
        return self.world.sent[before:]

    async def say(self, room: int, user: int, text: str, **more: Any) -> list[Json]:
        """Somebody writes; what the bot answers."""
        return await self.hear(lambda: self.world.say(room, user, text, **more))

    async def press(self, room: int, user: int, message_id: int, data: str) -> str | None:
        """Somebody presses; the toast, None where the press is answered without one."""
        async with self.world.watch() as events:
            self.world.press(room, user, message_id, data)
            await self.settle()
            told = [events.get_nowait() for _ in range(events.qsize())]
        (toast,) = [one for one in told if one["kind"] == "toast"]
        text: str | None = toast["text"]
        return text

    async def tap(self, room: int, user: int, message: Json, label: str) -> str | None:
        """Press the button with these words."""
        rows = self.world.rooms[room].messages[message["message_id"]]["reply_markup"]
        button = next(b for row in rows["inline_keyboard"] for b in row if label in b["text"])
        return await self.press(room, user, message["message_id"], button["callback_data"])

    def shown(self, message: Json) -> Json:
        """A message as it looks now."""
        return self.world.rooms[message["chat"]["id"]].messages[message["message_id"]]

    async def kept(self, chat: int | None = None) -> dict[str, list[Any]]:
        """All rows that say what was chosen, of one chat or of all."""
        found: dict[str, list[Any]] = {}
        async with self.database.read() as tx:
            for table in KEPT:
                column = table.c.get("chat", table.c.get("owner"))
                statement = select(table)
                if chat is not None:
                    if column is None:
                        continue
                    statement = statement.where(column == chat)
                found[table.name] = sorted(map(tuple, await tx.connection.execute(statement)))
            chosen = select(*(schema.chat.c[name] for name in CHAT_CHOICES))
            if chat is not None:
                chosen = chosen.where(schema.chat.c.id == chat)
            found["chat"] = sorted(map(tuple, await tx.connection.execute(chosen)))
        return found


def telegram() -> World:
    """A group, two channels, and six people in all roles there are."""
    world = World(lambda: NOW)
    for number, name in enumerate(("Olga", "Amir", "Mei", "Rita", "Leo", "Otto"), start=1):
        world.person(number, name)
    world.room(GROUP, "supergroup", "Desk", ("Ukraine", "Sport"))
    world.room(CHANNEL, "channel", "Wire")
    world.room(OTHER, "channel", "Elsewhere")
    for room in (GROUP, CHANNEL, OTHER):
        world.join(room, world.bot["id"], "administrator")
    for room in (GROUP, CHANNEL):
        for person, status in ROLES.items():
            world.join(room, person, status)
    world.join(OTHER, LEO, "creator")
    world.allowed = frozenset(ALLOWED_UPDATES)
    world.updates.clear()
    return world


@asynccontextmanager
async def open_stage(database: Database) -> AsyncIterator[Stage]:
    """The handlers as the program has them, but for pacing; Otto operates."""
    world = telegram()
    wire = Wire(world)
    building = ApplicationBuilder().token(TOKEN).request(wire).get_updates_request(wire)
    application = building.updater(None).build()
    settings = Settings(admin_user_ids=(OTTO,), database_url=NO_FILE)
    nowhere: Any = Nowhere()
    bill = Bill(token=TOKEN, api=None, catalogue=(), manners=lambda _: Manners(1, 0))
    wake = asyncio.Event()
    services = make_services(database, nowhere, nowhere, bill, wake, settings)
    await services.access.refresh()
    seconds = [0.0]
    deps = make_deps(application, services, database, settings)
    deps = replace(deps, quota=Quota(lambda: seconds[0], NO_LIMIT))
    Routing(deps).register(application)
    await application.initialize()
    yield Stage(world, database, application, deps, seconds)
    await application.shutdown()
