"""The composition root: the one place that knows every concrete class, the clock and the settings.

Opened in this order and closed in reverse: database, fetching and parsing, the web server (behind
it, in the playground, Telegram itself), Telegram, delivery, the ticks.
"""

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from importlib.resources import files
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlalchemy import make_url
from starlette.applications import Starlette
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot.clock import utc_now
from bot.config import ConfigError, Settings, describe
from bot.domain.addresses import allow_list
from bot.domain.errors import OpmlError
from bot.domain.imports import Import, Progress
from bot.domain.languages import NewsLanguages, news_languages
from bot.domain.message import Message
from bot.domain.model import Chat, Delivery, Lane, Notice, Source
from bot.domain.pacing import Pace
from bot.domain.ports import CatalogueEntry
from bot.jobs import Tick, ticking
from bot.logs import configure_logging
from bot.names.table import shipped_names
from bot.playground.ground import Playground, make_playground
from bot.rendering.alert import render_alert
from bot.rendering.digest import render_digest
from bot.rendering.notices import render_notice
from bot.rendering.sentences import Locales, load_locales
from bot.rendering.transfers import show_import
from bot.sending.limiter import PacedRequests
from bot.sending.sender import TelegramSender
from bot.services.catalogue import Catalogue
from bot.services.chats import Chats
from bot.services.deliver import Deliverer, SendingStopped
from bot.services.importing import Importer, ImportWork
from bot.services.live_index import LiveIndex
from bot.services.notices import Notices
from bot.services.operators import Operators
from bot.services.poll import Manners, Poller
from bot.services.portability import Portability
from bot.services.preferences import Preferences
from bot.services.read import Reader
from bot.services.retouch import Retouch
from bot.services.storytelling import Storytelling
from bot.services.subscribe import Quotas, Subscriptions
from bot.services.updates import Updates
from bot.services.why import Explainer
from bot.sources.feeds import FeedWorkers
from bot.sources.fetch import GuardedFetcher
from bot.sources.opml import read_opml
from bot.web.health import health_routes
from bot.web.server import serve
from handlers.deps import Deps
from handlers.errors import Faults
from handlers.guard import Guard
from handlers.menus import register_menus
from handlers.ordering import OrderedUpdates
from handlers.routing import ALLOWED_UPDATES, Routing
from storage.engine import Database, open_storage

log = logging.getLogger(__name__)

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
VERSION = version("newsbell")
AGENT = f"Newsbell/{VERSION} (news alerts; feed reader)"
FIRST_ROUND = 60.0
"""Seconds over which the first polls of a new catalogue are spread."""

LEASE = 45.0
"""Seconds a crashed process keeps a chat: over the limiter's 5 and Telegram's answer together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases, over one database."""

    index: LiveIndex
    stories: Storytelling
    poller: Poller
    catalogue: Catalogue
    chats: Chats
    reader: Reader
    explainer: Explainer
    portability: Portability
    preferences: Preferences
    importer: Importer
    subscriptions: Subscriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What differs between the real bot and the playground."""

    token: str
    api: str | None  # base address of the Bot API; None: Telegram's
    catalogue: tuple[CatalogueEntry, ...]
    manners: Callable[[Source], Manners]
    news: NewsLanguages = NewsLanguages()  # noqa: RUF009 - a frozen value


def main(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM; returns the exit status."""
    configure_logging(settings.log_level, settings.log_format, _secrets(settings))
    for line in describe(settings):
        log.info("%s", line)
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        async with newsbell(settings) as delivering:
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({stopping, delivering}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if delivering.done():
                delivering.result()
    except (InvalidToken, SendingStopped) as error:
        log.critical("Telegram refuses the token (%s). @BotFather gives a new one.", error)
        return 1
    log.info("stopped; nothing is lost")
    return 0


@asynccontextmanager
async def newsbell(settings: Settings) -> AsyncIterator[asyncio.Task[None]]:
    """The whole program, open while the context is; gives the delivery's task."""
    async with AsyncExitStack() as stack:
        ground = None if settings.telegram_bot_token else make_playground(utc_now)
        database = await _open_database(stack, settings, ground)
        allow = allow_list([*settings.fetch_allow, *(("127.0.0.1",) if ground else ())])
        enter = stack.enter_async_context
        fetcher = await enter(GuardedFetcher(allow=allow, agent=AGENT, now=utc_now))
        parser = await enter(FeedWorkers())
        stage = await _open_web(stack, settings, ground, database)
        wake = asyncio.Event()
        services = _services(database, fetcher, parser, stage, wake, settings)
        await _sync(services.catalogue, stage, settings)
        application = await _open_telegram(stack, settings, stage)
        updates = _route(application, services, database, settings)
        queries = await services.index.load(database, utc_now())
        log.info("%s queries are watched", queries)
        told = await services.stories.load(database, utc_now())
        log.info("%s articles are told apart", told)
        delivering = asyncio.create_task(_deliver(application, database, wake))
        stack.push_async_callback(_ended, delivering)
        stack.push_async_callback(services.poller.close)
        stack.push_async_callback(updates.close)
        await updates.beat()
        telling = (
            _notices(application, database),
            _imports(application, database, services),
            _retouch(application, database),
        )
        await enter(ticking((*_ticks(services, updates, wake, settings), *telling)))
        if ground:
            log.info("the playground is open: %s/chat", stage.api)
        else:
            log.info("Newsbell %s rings as @%s", VERSION, application.bot.username)
        yield delivering


async def _open_database(
    stack: AsyncExitStack, settings: Settings, ground: Playground | None
) -> Database:
    """The playground's database is a scratch file."""
    url = settings.database_url
    if ground:
        folder = stack.enter_context(TemporaryDirectory(prefix="newsbell-"))
        url = f"sqlite+aiosqlite:///{folder}/newsbell.db"
    return await stack.enter_async_context(open_storage(url))


async def _open_web(
    stack: AsyncExitStack, settings: Settings, ground: Playground | None, database: Database
) -> Stage:
    """Serve the pages, and in the playground Telegram itself; then the addresses are known."""
    health = health_routes(database.ping)
    pages = Starlette(routes=[*health, *(ground.routes if ground else ())])
    host = "127.0.0.1" if ground else settings.web_host
    port = await stack.enter_async_context(serve(pages, host, settings.web_port))
    return _playground_stage(settings, ground, port) if ground else _real_stage(settings)


async def _open_telegram(
    stack: AsyncExitStack, settings: Settings, stage: Stage
) -> AnyApplication:
    application = _application(settings, stage)
    await _initialize(application)
    stack.push_async_callback(application.shutdown)
    await application.start()
    stack.push_async_callback(application.stop)
    return application


def _real_stage(settings: Settings) -> Stage:
    token = settings.telegram_bot_token
    return Stage(
        token=token.get_secret_value() if token else "",
        api=settings.telegram_api_url,
        catalogue=_catalogue(settings),
        manners=lambda _: Manners(settings.poll_interval_seconds, settings.host_delay_seconds),
        news=news_languages(settings.news_languages, translated=bool(settings.translate_url)),
    )


def _playground_stage(settings: Settings, ground: Playground, port: int) -> Stage:
    """The demo newsroom is asked every second, the real sources as politely as ever."""
    base = f"http://127.0.0.1:{port}"
    usual = Manners(settings.poll_interval_seconds, settings.host_delay_seconds)
    demo = Manners(interval=1, host_delay=0)
    return Stage(
        token=ground.token,
        api=base,
        catalogue=(*ground.sources(base), *_catalogue(settings)),
        manners=lambda source: demo if source.url.startswith(f"{base}/") else usual,
    )


def _services(
    database: Database,
    fetcher: GuardedFetcher,
    parser: FeedWorkers,
    stage: Stage,
    wake: asyncio.Event,
    settings: Settings,
) -> Services:
    names = shipped_names()
    stories = Storytelling(names, timedelta(hours=settings.story_window_hours))
    index = LiveIndex(names)
    reader = Reader(database, utc_now, stage.news, names)
    catalogue = Catalogue(database, fetcher, parser, utc_now)
    return Services(
        index=index,
        stories=stories,
        poller=Poller(
            storage=database,
            fetcher=fetcher,
            parser=parser,
            index=index,
            clock=utc_now,
            manners=stage.manners,
            rung=wake.set,
            news=stage.news,
            stories=stories,
        ),
        catalogue=catalogue,
        chats=Chats(database, index, utc_now),
        reader=reader,
        explainer=Explainer(database, names),
        portability=Portability(database, parser, utc_now),
        preferences=Preferences(database, utc_now),
        importer=Importer(database, index, utc_now, Quotas()),
        subscriptions=Subscriptions(database, index, reader, catalogue, utc_now, Quotas()),
    )


def _application(settings: Settings, stage: Stage) -> AnyApplication:
    pace = Pace(settings.send_rate_per_second)
    builder: Any = ApplicationBuilder().token(stage.token)  # each step has another generic type
    builder = builder.rate_limiter(PacedRequests(pace, time.monotonic, asyncio.sleep))
    builder = builder.concurrent_updates(OrderedUpdates(32))
    if stage.api:
        builder = builder.base_url(f"{stage.api}/bot").base_file_url(f"{stage.api}/file/bot")
    application: AnyApplication = builder.build()
    return application


async def _initialize(application: AnyApplication) -> None:
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


def _route(
    application: AnyApplication, services: Services, database: Database, settings: Settings
) -> Updates:
    """Handlers, menus, and who asks for updates."""
    locales = _locales()
    deps = Deps(
        subscriptions=services.subscriptions,
        reader=services.reader,
        catalogue=services.catalogue,
        chats=services.chats,
        explainer=services.explainer,
        portability=services.portability,
        preferences=services.preferences,
        locales=locales,
        guard=Guard(application.bot.get_chat_administrators, time.monotonic),
        operating=Operators(database, settings.database_url, utc_now),
        operators=frozenset(settings.admin_user_ids),
        version=VERSION,
    )
    Routing(deps).register(application)
    application.add_error_handler(Faults(locales).on_error)
    updater = application.updater
    if updater is None:  # cannot be: the builder made one
        raise RuntimeError("the application has no updater")

    async def start() -> None:
        await register_menus(application.bot, locales)
        await updater.start_polling(allowed_updates=ALLOWED_UPDATES, error_callback=_polling_error)

    holder = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
    return Updates(database, utc_now, holder, start, updater.stop)


async def _deliver(application: AnyApplication, database: Database, wake: asyncio.Event) -> None:
    """The delivery loop's supervisor: what fails is logged and begun again."""
    locales = _locales()

    def render(delivery: Delivery, lane: Lane) -> Message:
        texts = locales.of(lane.chat.locale)
        if delivery.rest:
            return render_digest(delivery, texts)
        return render_alert(delivery, texts, application.bot.username)

    deliverer = Deliverer(database, TelegramSender(application.bot), render, utc_now, lease=LEASE)
    while True:
        try:
            await deliverer.run(wake)
        except SendingStopped:
            raise
        except Exception:
            log.exception("delivery failed; it begins again")
            await asyncio.sleep(1)


def _ticks(
    services: Services, updates: Updates, wake: asyncio.Event, settings: Settings
) -> tuple[Tick, ...]:
    async def wake_delivery() -> None:
        wake.set()

    often = min(max(settings.poll_interval_seconds / 4, 0.1), 0.5)
    return (
        Tick("poll", often, services.poller.tick),
        Tick("deliver", 1, wake_delivery),
        Tick("lease", 10, updates.beat),
    )


def _notices(application: AnyApplication, database: Database) -> Tick:
    locales = _locales()

    def render(notice: Notice) -> Message:
        return render_notice(notice, locales.of(notice.chat.locale))

    sender = TelegramSender(application.bot)
    return Tick("notices", 10, Notices(database, sender, render, utc_now).tick)


def _retouch(application: AnyApplication, database: Database) -> Tick:
    locales = _locales()

    def render(delivery: Delivery, chat: Chat) -> Message:
        return render_alert(delivery, locales.of(chat.locale), application.bot.username)

    screen = TelegramSender(application.bot)
    return Tick("retouch", 2, Retouch(database, screen, render, utc_now).tick)


def _imports(application: AnyApplication, database: Database, services: Services) -> Tick:
    locales = _locales()

    def show(job: Import, so_far: Progress, over: bool) -> Message:
        return show_import(job, so_far, over, locales.of(job.chat.locale))

    screen = TelegramSender(application.bot)
    return Tick("import", 1, ImportWork(database, services.importer, screen, show, utc_now).tick)


async def _sync(catalogue: Catalogue, stage: Stage, settings: Settings) -> None:
    spread = min(settings.poll_interval_seconds, FIRST_ROUND)
    added, retired = await catalogue.sync(stage.catalogue, spread)
    log.info("catalogue: %s sources, %s new, %s retired", len(stage.catalogue), added, retired)


def _catalogue(settings: Settings) -> tuple[CatalogueEntry, ...]:
    path = settings.sources_file
    shipped = files("bot.sources").joinpath("catalogue.opml")
    try:
        return read_opml(path.read_bytes() if path else shipped.read_bytes())
    except (OSError, OpmlError) as error:
        raise ConfigError([f"SOURCES_FILE: {path or 'the shipped catalogue'}: {error}"]) from error


def _locales() -> Locales:
    folder = files("bot.rendering").joinpath("locales")
    texts = {one.name: one.read_text("utf-8") for one in folder.iterdir()}
    return load_locales({name.removesuffix(".toml"): text for name, text in texts.items()})


def _secrets(settings: Settings) -> list[str]:
    found = (settings.telegram_bot_token, settings.telegram_webhook_secret)
    hidden = [one.get_secret_value() for one in (*found, settings.translate_api_key) if one]
    password = make_url(settings.database_url).password
    return [*hidden, password] if password else hidden


def _polling_error(error: TelegramError) -> None:
    log.warning("asking Telegram for updates: %s", error)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
