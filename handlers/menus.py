"""The commands that Telegram's menus show, by scope: private chats, groups, administrators."""

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)

from bot.rendering.sentences import Sentences
from handlers.commands import COMMANDS, Command


async def register_menus(bot: Bot, sentences: Sentences) -> None:
    """Tell Telegram which commands to offer where; members of groups see no changing ones."""
    public = [one for one in COMMANDS if not one.operators]
    everything = _entries(public, sentences)
    reading = _entries([one for one in public if not one.changes], sentences)
    scopes: tuple[tuple[BotCommandScope, list[BotCommand]], ...] = (
        (BotCommandScopeAllPrivateChats(), everything),
        (BotCommandScopeAllGroupChats(), reading),
        (BotCommandScopeAllChatAdministrators(), everything),
    )
    for scope, commands in scopes:
        await bot.set_my_commands(commands, scope=scope)


def _entries(commands: tuple[Command, ...] | list[Command], texts: Sentences) -> list[BotCommand]:
    return [BotCommand(one.names[0], texts.plain(f"menu_{one.names[0]}")) for one in commands]
