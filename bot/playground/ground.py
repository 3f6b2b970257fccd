"""The playground in one piece: what the composition root needs of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from starlette.routing import Route

from bot.domain.ports import CatalogueEntry
from bot.playground.botapi import bot_api_routes
from bot.playground.newsroom import Newsroom, newsroom_routes, newsroom_sources, read_drafts
from bot.playground.page import page_routes
from bot.playground.scene import make_scene
from bot.playground.world import World

TOKEN = "1000001:playground"  # noqa: S105 - opens nothing but the emulator, which takes no other


@dataclass(frozen=True, slots=True)
class Playground:
    """An emulated Telegram with people in it, and a newsroom that publishes while you watch."""

    token: str
    routes: tuple[Route, ...]
    newsroom: Newsroom

    def sources(self, base: str) -> tuple[CatalogueEntry, ...]:
        """The newsroom's feeds on this server."""
        return newsroom_sources(self.newsroom, base)


def make_playground(clock: Callable[[], datetime]) -> Playground:
    """A fresh one; its newsroom opens now."""
    world = World(clock)
    scene = make_scene(world)
    drafts = files("bot.playground").joinpath("news", "articles.toml").read_text("utf-8")
    newsroom = Newsroom(read_drafts(drafts), clock())
    routes = (
        *bot_api_routes(world, TOKEN),
        *page_routes(world, scene, newsroom),
        *newsroom_routes(newsroom, clock),
    )
    return Playground(TOKEN, routes, newsroom)
