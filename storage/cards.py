"""Which of our messages in private chats manage which other chat."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import insert
from storage.schema import card

FORGOTTEN = 0
"""What a card of a forgotten chat is about: nothing, rather than its own private chat."""


class Cards:
    """`ports.Cards`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def put(self, chat: int, message_id: int, about: int) -> None:
        statement = insert(self._connection, card).values(
            chat=chat, message=message_id, about=about
        )
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["chat", "message"], set_={"about": about}
            )
        )

    async def about(self, chat: int, message_id: int) -> int | None:
        found: int | None = await self._connection.scalar(
            select(card.c.about).where(card.c.chat == chat, card.c.message == message_id)
        )
        return found

    async def turn_to(self, new: int, old: int) -> None:
        await self._connection.execute(update(card).where(card.c.about == old).values(about=new))
