"""The parts that bot/app.py puts together: use cases, Telegram's application, the ticks."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from secrets import token_urlsafe
from typing import Any
from uuid import uuid4

from starlette.routing import BaseRoute
from telegram import Update
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot.clock import utc_now
from bot.config import Settings
from bot.domain.errors import EngineReason
from bot.domain.languages import NewsLanguages
from bot.domain.pacing import Limit, Pace
from bot.domain.ports import CatalogueEntry
from bot.domain.quotas import Quotas
from bot.names.table import language_names, shipped_names
from bot.rendering.sentences import Locales, load_locales
from bot.sending.flight import Flight
from bot.sending.limiter import PacedRequests
from bot.sending.requests import SeparateClients
from bot.services.access import Access
from bot.services.catalogue import Catalogue
from bot.services.chats import Chats
from bot.services.engines import Engines
from bot.services.front import FrontPage
from bot.services.hosts import Hosts
from bot.services.importing import Importer
from bot.services.journal import Journal
from bot.services.live_index import LiveIndex
from bot.services.naming import Naming
from bot.services.operators import Operators
from bot.services.pages import Pages
from bot.services.poll import LEASE as POLL_LEASE
from bot.services.poll import Manners, Poller
from bot.services.portability import Portability
from bot.services.preferences import Preferences
from bot.services.pushes import Pushes
from bot.services.read import Reader
from bot.services.sourcing import Sourcing
from bot.services.storytelling import Storytelling
from bot.services.subscribe import Subscriptions
from bot.services.translate import Translating
from bot.services.trending import Trending
from bot.services.turns import PoliteFetcher, Turns
from bot.services.updates import Updates
from bot.services.visits import Visits
from bot.services.why import Explainer
from bot.sources.feeds import FeedWorkers
from bot.sources.fetch import GuardedFetcher
from bot.translation.engines import engines_of, offer_of, open_client
from bot.web.health import health_routes
from bot.web.paper import Paper
from bot.web.sheets import Frame, open_templates
from bot.web.status import StatusPages
from bot.web.trends import TrendsPage
from bot.web.webhook import Inbox, path_of
from bot.web.websub import websub_routes
from handlers.deps import Deps
from handlers.errors import Faults
from handlers.guard import Guard
from handlers.inlet import Inlet
from handlers.menus import register_menus
from handlers.ordering import OrderedUpdates
from handlers.quota import Quota
from handlers.routing import ALLOWED_UPDATES, Routing
from handlers.trending import drawn
from storage.engine import Database

log = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[None]]
"""Tells Telegram where it may bring updates."""

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
VERSION = version("newsbell")
ANSWER = 30.0
"""Seconds that Telegram has to answer: what we do not wait for is said again, and comes twice."""
LEASE = 65.0
"""Seconds a crashed process keeps a chat where leases run out (PostgreSQL): 6 for the article's
page, 10 for translation, then `deliver.A_SEND`. A lease that ends sooner lets another say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases, over one database."""

    index: LiveIndex
    stories: Storytelling
    poller: Poller
    pages: Pages
    catalogue: Catalogue
    sourcing: Sourcing
    chats: Chats
    reader: Reader
    explainer: Explainer
    portability: Portability
    preferences: Preferences
    trending: Trending
    access: Access
    importer: Importer
    naming: Naming
    subscriptions: Subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the pages and the bot share."""

    pushes: Pushes
    trending: Trending


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What differs between the real bot and the playground."""

    token: str
    api: str | None  # base address of the Bot API; None: Telegram's
    catalogue: tuple[CatalogueEntry, ...]
    manners: Callable[[str], Manners]  # by an address
    news: NewsLanguages = NewsLanguages()  # noqa: RUF009 - a frozen value


def make_limiter(rate: float) -> PacedRequests:
    """So many messages a second, and as few as that needs under way."""
    return PacedRequests(Pace(rate), time.monotonic, asyncio.sleep, Flight(time.monotonic))


def make_application(settings: Settings, stage: Stage, inlet: Inlet) -> AnyApplication:
    builder: Any = ApplicationBuilder().token(stage.token)  # each step has another generic type
    builder = builder.rate_limiter(make_limiter(settings.send_rate_per_second))
    builder = builder.request(SeparateClients(ANSWER)).update_queue(inlet)
    builder = builder.concurrent_updates(OrderedUpdates(32, inlet.done))
    if stage.api:
        builder = builder.base_url(f"{stage.api}/bot").base_file_url(f"{stage.api}/file/bot")
    application: AnyApplication = builder.build()
    return application


async def say_hello(application: AnyApplication) -> None:
    """Say hello to Telegram; while it cannot be reached, wait and try again."""
    wait = 1.0
    while True:
        try:
            await application.initialize()
        except InvalidToken:
            raise
        except NetworkError as error:
            log.warning("Telegram cannot be reached (%s); again in %.0f s", error, wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 60)
        else:
            return


def route(
    application: AnyApplication,
    services: Services,
    database: Database,
    settings: Settings,
    receive: Receive,
    inlet: Inlet,
) -> Updates:
    """Handlers, menus, and who asks for updates."""
    deps = make_deps(application, services, database, settings)
    Routing(deps).register(application)
    application.add_error_handler(Faults(deps.locales).on_error)
    updater = application.updater
    if updater is None:  # cannot be: the builder made one
        raise RuntimeError("the application has no updater")

    async def start() -> None:
        await register_menus(application.bot, deps.locales)
        if settings.telegram_webhook_url:
            await receive()
            return
        await inlet.take_up(application.bot)
        await updater.start_polling(allowed_updates=ALLOWED_UPDATES, error_callback=_polling_error)

    async def stop() -> None:
        if updater.running:
            await updater.stop()

    holder = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
    return Updates(database, utc_now, holder, start, stop)


def make_deps(
    application: AnyApplication, services: Services, database: Database, settings: Settings
) -> Deps:
    """What the handlers need."""
    return Deps(
        subscriptions=services.subscriptions,
        reader=services.reader,
        catalogue=services.catalogue,
        sourcing=services.sourcing,
        chats=services.chats,
        explainer=services.explainer,
        portability=services.portability,
        preferences=services.preferences,
        trending=services.trending,
        locales=open_locales(),
        guard=Guard(application.bot.get_chat_administrators, time.monotonic),
        naming=services.naming,
        quota=Quota(time.monotonic, Limit(settings.commands_per_minute, 60.0)),
        operating=Operators(database, settings.database_url, utc_now),
        journal=Journal(database.hasty, utc_now),
        access=services.access,
        operators=frozenset(settings.admin_user_ids),
        version=VERSION,
    )


async def open_inbox(
    application: AnyApplication, inbox: Inbox, database: Database, settings: Settings
) -> Receive:
    """Where Telegram brings updates; returns what tells Telegram so."""
    given = settings.telegram_webhook_secret
    async with database.write() as tx:
        made = await tx.access.keep("webhook_secret", token_urlsafe(48))
    secret = given.get_secret_value() if given else made

    async def take(update: Any) -> None:
        await application.update_queue.put(Update.de_json(update, application.bot))

    async def receive() -> None:
        await application.bot.set_webhook(
            f"{settings.telegram_webhook_url}{path_of(secret)}",
            secret_token=secret,
            allowed_updates=ALLOWED_UPDATES,
        )

    if settings.telegram_webhook_url:
        inbox.open(secret, take)
    return receive


async def open_translation(
    stack: AsyncExitStack, settings: Settings, database: Database
) -> tuple[Engines, Translating]:
    """The engines; operators hear when one of them gives up."""

    async def alarm(engine: str, why: EngineReason, words: str) -> None:
        async with database.write() as tx:
            for operator in settings.admin_user_ids:
                told = {"engine": engine, "code": why, "words": words}
                await tx.notices.queue(operator, "engine", told, utc_now())

    key = settings.translate_api_key
    client = await stack.enter_async_context(open_client())
    found = engines_of(settings.translate_url, key.get_secret_value() if key else None, client)
    budget = settings.translate_max_chars_per_month
    engines = Engines(database, found, utc_now, alarm, budget=budget)
    translating = Translating(engines)
    stack.push_async_callback(engines.close)
    stack.push_async_callback(translating.close)
    return engines, translating


@cache
def open_locales() -> Locales:
    """The bot's sentences, read once: each copy of all locales takes 0.6 MB and 40 ms."""
    folder = files("bot.rendering").joinpath("locales")
    texts = {one.name: one.read_text("utf-8") for one in folder.iterdir()}
    return load_locales(
        {name.removesuffix(".toml"): text for name, text in texts.items()}, language_names()
    )


def _polling_error(error: TelegramError) -> None:
    log.warning("asking Telegram for updates: %s", error)


def make_services(
    database: Database,
    fetcher: GuardedFetcher,
    parser: FeedWorkers,
    stage: Stage,
    wake: asyncio.Event,
    settings: Settings,
    shared: Shared | None = None,
) -> Services:
    names = shipped_names()
    offer = offer_of(settings.translate_url)
    stories = Storytelling(names, timedelta(hours=settings.story_window_hours))
    index, quotas = LiveIndex(names), Quotas()
    people = database.hasty  # who waits for an answer hears soon that we are busy
    reader = Reader(people, utc_now, stage.news, names)
    hosts, turns = _make_turns(stage)
    catalogue = Catalogue(people, PoliteFetcher(fetcher, turns), parser, utc_now, quotas)
    pages = Pages(database, Visits(fetcher, parser, turns, utc_now), utc_now)
    return Services(
        index=index,
        stories=stories,
        pages=pages,
        poller=Poller(
            storage=database,
            fetcher=fetcher,
            parser=parser,
            index=index,
            clock=utc_now,
            manners=lambda source: stage.manners(source.url),
            rung=wake.set,
            hosts=hosts,
            ringing=pages.begin,
            heard=shared.pushes.heard if shared else None,
            news=stage.news,
            stories=stories,
            pivot=offer.matching,
        ),
        catalogue=catalogue,
        sourcing=Sourcing(people, index, utc_now, settings.admin_user_ids),
        chats=Chats(people, index, utc_now),
        reader=reader,
        explainer=Explainer(people, names),
        portability=Portability(people, parser, utc_now),
        trending=shared.trending if shared else open_trending(database),
        preferences=Preferences(people, utc_now, offer),
        access=_make_access(database, settings),
        importer=Importer(database, index, utc_now, quotas),
        naming=Naming(people, index, utc_now, names),
        subscriptions=Subscriptions(people, index, reader, catalogue, utc_now, quotas),
    )


def _make_turns(stage: Stage) -> tuple[Hosts, Turns]:
    """Politeness towards hosts: polls, articles' pages, and what people add share it."""
    hosts = Hosts(timedelta(seconds=POLL_LEASE))
    return hosts, Turns(hosts, utc_now, lambda url: stage.manners(url).host_delay)


def _make_access(database: Database, settings: Settings) -> Access:
    invited_only = settings.access == "allowlist"
    return Access(database, utc_now, settings.admin_user_ids, invited_only=invited_only)


def open_trending(database: Database) -> Trending:
    """What rises."""
    return Trending(database, utc_now, shipped_names(), open_locales().codes, drawn)


def web_routes(database: Database, inbox: Inbox, shared: Shared) -> tuple[BaseRoute, ...]:
    """Every page beside the bot."""
    frame = Frame(open_templates())
    reader = Reader(database, utc_now, names=shipped_names())
    pages = Paper(reader, FrontPage(database, utc_now), shared.trending, frame)
    trends = TrendsPage(shared.trending, frame)
    status = StatusPages(database, utc_now, frame)
    return (
        *inbox.routes(),
        *websub_routes(shared.pushes),
        *health_routes(database.ping),
        *status.routes(),
        *trends.routes(),
        *pages.routes(),
    )
