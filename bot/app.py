"""The composition root: the one place that knows every concrete class, the clock and the settings.

Opened in this order and closed in reverse: database, fetching and parsing, the web server (behind
it, in the playground, Telegram itself), Telegram, delivery, the ticks.
"""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.resources import files
from resource import RLIMIT_CORE, setrlimit
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from telegram.error import InvalidToken

from bot import garbage
from bot.clock import utc_now
from bot.config import ConfigError, Settings, describe
from bot.domain.addresses import AllowList, allow_list
from bot.domain.errors import OpmlError
from bot.domain.languages import news_languages
from bot.domain.ports import CatalogueEntry
from bot.jobs import Tick, ticking
from bot.logs import configure_logging
from bot.parts import (
    VERSION,
    AnyApplication,
    Services,
    Shared,
    Stage,
    make_application,
    make_services,
    open_inbox,
    open_translation,
    open_trending,
    route,
    say_hello,
    web_routes,
)
from bot.services.alarm import Watch
from bot.services.catalogue import Catalogue
from bot.services.deliver import SendingStopped
from bot.services.journal import Journal
from bot.services.poll import Manners
from bot.services.pushes import Pushes
from bot.sources.feeds import FeedWorkers
from bot.sources.fetch import GuardedFetcher
from bot.sources.opml import read_opml
from bot.ticks import (
    alarm_tick,
    inlet_ticks,
    keep_ringing,
    one_after_the_other,
    pivot_ticks,
    regular_ticks,
    telling_ticks,
)
from bot.web.server import serve
from bot.web.webhook import Inbox
from handlers.inlet import Inlet
from storage.engine import Database, open_storage
from storage.upgrading import upgrade_apart

if TYPE_CHECKING:
    from bot.playground.ground import Playground

log = logging.getLogger(__name__)

FIRST_ROUND = 60.0
"""Seconds over which the first polls of a new catalogue are spread."""


def main(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM; returns the exit status."""
    garbage.quieten()
    setrlimit(RLIMIT_CORE, (0, 0))  # a core dump would hold every secret
    configure_logging(settings.log_level, settings.log_format, _secrets(settings))
    for line in describe(settings):
        log.info("%s", line)
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if settings.telegram_bot_token:  # the playground's database is a new one, made in `newsbell`
        await upgrade_apart(settings.database_url)
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
        ground = None if settings.telegram_bot_token else _playground()
        watch = Watch(utc_now)
        database = await _open_database(stack, settings, ground, watch)
        enter = stack.enter_async_context
        fetcher = await enter(GuardedFetcher(allow=_allowed(settings, ground), now=utc_now))
        parser = await enter(FeedWorkers())
        inbox, address = Inbox(), settings.telegram_webhook_url
        shared = Shared(
            pushes=Pushes(database, fetcher, utc_now, address), trending=open_trending(database)
        )
        stage = await _open_web(stack, settings, ground, web_routes(database, inbox, shared))
        wake = asyncio.Event()
        services = make_services(database, fetcher, parser, stage, wake, settings, shared)
        await _sync(services.catalogue, stage, settings)
        application, inlet = await _open_telegram(stack, settings, stage, database)
        receive = await open_inbox(application, inbox, database, settings)
        updates = route(application, services, database, settings, receive, inlet)
        await _remember(services, database)
        engines, translating = await open_translation(stack, settings, database)
        prepare = one_after_the_other(services.pages.prepare, translating.prepare)
        delivering = asyncio.create_task(
            keep_ringing(application, database, wake, prepare, settings)
        )
        stack.push_async_callback(services.pages.close)
        stack.push_async_callback(_ended, delivering)
        stack.push_async_callback(services.poller.close)
        stack.push_async_callback(updates.close)
        await updates.beat()
        ticks = (
            *regular_ticks(services, updates, wake, settings, database),
            *telling_ticks(application, database, services, prepare),
            Tick("push", 5, shared.pushes.tick),
            alarm_tick(application, watch, settings),
            *inlet_ticks(application, inlet, settings),
            *pivot_ticks(services, engines, wake, stage, database),
        )
        await enter(ticking(ticks))
        _greet(ground, stage, application)
        yield delivering


def _playground() -> "Playground":
    from bot.playground.ground import make_playground  # noqa: PLC0415 - 2 MB for nothing elsewhere

    return make_playground(utc_now)


def _allowed(settings: Settings, ground: "Playground | None") -> AllowList:
    return allow_list([*settings.fetch_allow, *(("127.0.0.1",) if ground else ())])


def _greet(ground: "Playground | None", stage: Stage, application: AnyApplication) -> None:
    if ground:
        log.info("the playground is open: %s/chat", stage.api)
    else:
        log.info("Newsbell %s rings as @%s", VERSION, application.bot.username)


async def _remember(services: Services, database: Database) -> None:
    """Read into memory what matching, stories and access need."""
    await services.access.refresh()
    queries = await services.index.load(database, utc_now())
    log.info("%s queries are watched", queries)
    told = await services.stories.load(database, utc_now())
    log.info("%s articles of the last hours are known", told)


async def _open_database(
    stack: AsyncExitStack, settings: Settings, ground: "Playground | None", watch: Watch
) -> Database:
    """The playground's database is a scratch file."""
    url = settings.database_url
    if ground:
        folder = stack.enter_context(TemporaryDirectory(prefix="newsbell-"))
        url = f"sqlite+aiosqlite:///{folder}/newsbell.db"
    return await stack.enter_async_context(open_storage(url, watch.report))


async def _open_web(
    stack: AsyncExitStack,
    settings: Settings,
    ground: "Playground | None",
    routes: Sequence[BaseRoute],
) -> Stage:
    """Serve the pages, and in the playground Telegram itself; then the addresses are known."""
    pages = Starlette(routes=[*routes, *(ground.routes if ground else ())])
    host = "127.0.0.1" if ground else settings.web_host
    port = await stack.enter_async_context(serve(pages, host, settings.web_port))
    return _playground_stage(settings, ground, port) if ground else _real_stage(settings)


async def _open_telegram(
    stack: AsyncExitStack, settings: Settings, stage: Stage, database: Database
) -> tuple[AnyApplication, Inlet]:
    inlet = Inlet(Journal(database.hasty, utc_now))
    application = make_application(settings, stage, inlet)
    await say_hello(application)
    stack.push_async_callback(application.shutdown)
    await application.start()
    stack.push_async_callback(application.stop)
    return application, inlet


def _real_stage(settings: Settings) -> Stage:
    token = settings.telegram_bot_token
    return Stage(
        token=token.get_secret_value() if token else "",
        api=settings.telegram_api_url,
        catalogue=_catalogue(settings),
        manners=lambda _: Manners(settings.poll_interval_seconds, settings.host_delay_seconds),
        news=news_languages(settings.news_languages, translated=bool(settings.translate_url)),
    )


def _playground_stage(settings: Settings, ground: "Playground", port: int) -> Stage:
    """The demo newsroom is asked every second, the real sources as politely as ever."""
    base = f"http://127.0.0.1:{port}"
    usual = Manners(settings.poll_interval_seconds, settings.host_delay_seconds)
    demo = Manners(interval=1, host_delay=0)
    return Stage(
        token=ground.token,
        api=base,
        catalogue=(*ground.sources(base), *_catalogue(settings)),
        manners=lambda url: demo if url.startswith(f"{base}/") else usual,
    )


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


def _secrets(settings: Settings) -> list[str]:
    found = (settings.telegram_bot_token, settings.telegram_webhook_secret)
    hidden = [one.get_secret_value() for one in found if one]
    key = settings.translate_api_key
    hidden += (
        [one.strip() for one in key.get_secret_value().split(",") if one.strip()] if key else []
    )
    password = make_url(settings.database_url).password
    return [*hidden, password] if password else hidden


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
