"""The commands that Telegram's menus show, by scope: private chats, groups, administrators."""

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)

from bot.rendering.sentences import FALLBACK, Locales, Sentences
from handlers.commands import COMMANDS, Command


async def register_menus(bot: Bot, locales: Locales) -> None:
    """Tell Telegram which commands to offer where, in every language that we speak."""
    await _register(bot, locales.of(FALLBACK), None)
    for code in sorted(locales.codes - {FALLBACK}):
        await _register(bot, locales.of(code), code)


async def _register(bot: Bot, sentences: Sentences, code: str | None) -> None:
    """Members of groups see no changing commands."""
    public = [one for one in COMMANDS if not one.operators]
    everything = _entries(public, sentences)
    reading = _entries([one for one in public if not one.changes], sentences)
    scopes: tuple[tuple[BotCommandScope, list[BotCommand]], ...] = (
        (BotCommandScopeAllPrivateChats(), everything),
        (BotCommandScopeAllGroupChats(), reading),
        (BotCommandScopeAllChatAdministrators(), everything),
    )
    for scope, commands in scopes:
        await bot.set_my_commands(commands, scope=scope, language_code=code)


def _entries(commands: tuple[Command, ...] | list[Command], texts: Sentences) -> list[BotCommand]:
    return [BotCommand(one.names[0], texts.plain(f"menu_{one.names[0]}")) for one in commands]
