"""Every command: its names, what answers it, who may use it, where menus show it."""

from dataclasses import dataclass
from difflib import get_close_matches

from bot.domain.message import Message
from bot.rendering import answers
from handlers import (
    alerting,
    asking,
    channels,
    naming,
    operating,
    papers,
    porting,
    reading,
    settings,
    sources,
    starting,
    subscribing,
    trending,
)
from handlers.deps import CommandHandler, Deps
from handlers.turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command; the first of `names` is in the menus, the others are aliases.

    `changes`: in groups and channels only administrators may use it: it changes something, or
    hands over all that the chat has. `operators`: whoever runs
    this bot alone; it is in no menu.
    """

    names: tuple[str, ...]
    handler: CommandHandler
    changes: bool = False
    operators: bool = False


async def help_(_deps: Deps, turn: Turn) -> Message:
    """All commands, with the line the menu shows."""
    lines = [(one.names[0], description(one, turn)) for one in COMMANDS if not one.operators]
    return answers.help_text(not turn.private, lines, turn.sentences)


def description(command: Command, turn: Turn) -> str:
    """The menu's line of a command in this chat's language."""
    return str(turn.sentences.say(f"menu_{command.names[0]}"))


COMMANDS = (
    Command(names=("start",), handler=starting.start),
    Command(names=("subscribe", "sub", "add"), handler=subscribing.subscribe, changes=True),
    Command(
        names=("unsubscribe", "unsub", "remove"), handler=subscribing.unsubscribe, changes=True
    ),
    Command(names=("list", "keywords"), handler=reading.list_subscriptions),
    Command(names=("names", "aliases"), handler=naming.names, changes=True),
    Command(names=("latest",), handler=reading.latest),
    Command(names=("search",), handler=asking.search),
    Command(names=("date",), handler=papers.by_date),
    Command(names=("category",), handler=papers.category),
    Command(names=("trends",), handler=trending.trends),
    Command(names=("related",), handler=papers.related),
    Command(names=("why",), handler=asking.explain),
    Command(names=("sources",), handler=sources.sources),
    Command(names=("status",), handler=reading.status),
    Command(names=("settings",), handler=settings.settings, changes=True),
    Command(names=("language", "lang"), handler=settings.language, changes=True),
    Command(names=("timezone",), handler=settings.timezone, changes=True),
    Command(names=("quiet",), handler=settings.quiet, changes=True),
    Command(names=("digest",), handler=settings.digest, changes=True),
    Command(names=("mute",), handler=settings.mute, changes=True),
    Command(names=("pause",), handler=settings.pause, changes=True),
    Command(names=("resume",), handler=settings.resume, changes=True),
    Command(names=("channel",), handler=channels.channel),
    Command(names=("export",), handler=porting.export, changes=True),
    Command(names=("import",), handler=porting.import_, changes=True),
    Command(names=("privacy",), handler=starting.privacy),
    Command(names=("forget", "stop"), handler=alerting.forget, changes=True),
    Command(names=("help",), handler=help_),
    Command(names=("about",), handler=starting.about),
    Command(names=("stats",), handler=operating.stats, operators=True),
    Command(names=("backup",), handler=operating.backup, operators=True),
    Command(names=("ban",), handler=operating.ban, operators=True),
    Command(names=("broadcast",), handler=operating.broadcast, operators=True),
    Command(names=("pause_sending",), handler=operating.pause_sending, operators=True),
)


def command_named(name: str) -> Command | None:
    """The command with this name or alias."""
    return next((one for one in COMMANDS if name in one.names), None)


def nearest_name(name: str) -> str | None:
    """The command that a mistyped name probably meant."""
    names = [name for one in COMMANDS if not one.operators for name in one.names]
    return next(iter(get_close_matches(name, names, n=1)), None)
