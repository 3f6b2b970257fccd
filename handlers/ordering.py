"""Updates of one chat one after the other, of different chats side by side."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

Done = Callable[[object], Awaitable[None]]


class OrderedUpdates(BaseUpdateProcessor):
    """PTB's own processor with concurrency may answer a chat's second message before its first."""

    def __init__(self, most: int, done: Done) -> None:
        """`done` hears of each update that was handled."""
        super().__init__(most)
        self._done = done
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the chat's turn, then handle the update."""
        chat = update.effective_chat if isinstance(update, Update) else None
        lock = self._locks.setdefault(chat.id, asyncio.Lock()) if chat else asyncio.Lock()
        async with lock:
            await coroutine
        await self._done(update)
