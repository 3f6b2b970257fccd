"""What handlers need: the services, the sentences, the guard. Built once, in bot/app.py."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.message import Keyboard, Message
from bot.rendering.sentences import Locales
from bot.services.access import Access
from bot.services.catalogue import Catalogue
from bot.services.chats import Chats
from bot.services.journal import Journal
from bot.services.naming import Naming
from bot.services.operators import Operators
from bot.services.portability import Portability
from bot.services.preferences import Preferences
from bot.services.read import Reader
from bot.services.sourcing import Sourcing
from bot.services.subscribe import Subscriptions
from bot.services.trending import Trending
from bot.services.why import Explainer
from handlers.guard import Guard
from handlers.quota import Quota
from handlers.turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """The services behind the commands."""

    subscriptions: Subscriptions
    reader: Reader
    catalogue: Catalogue
    sourcing: Sourcing
    chats: Chats
    explainer: Explainer
    portability: Portability
    preferences: Preferences
    trending: Trending
    locales: Locales
    guard: Guard
    naming: Naming
    quota: Quota
    operating: Operators
    journal: Journal
    access: Access
    operators: frozenset[int]
    version: str

    def operates(self, turn: Turn) -> bool:
        """Whether the person of this turn runs the bot."""
        return turn.user is not None and turn.user.id in self.operators


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button's press leads to: a message changed in place, a new one, a toast.

    `asks`: the command whose argument `say` asks for.
    """

    edit: Message | None = None
    say: Message | None = None
    asks: str = ""
    toast: str | None = None
    keyboard: Keyboard | None = None  # the message's buttons alone


CommandHandler = Callable[[Deps, Turn], Awaitable[Message | None]]
