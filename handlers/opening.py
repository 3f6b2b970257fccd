"""The beginning of every turn: who may be answered, and in which language."""

from telegram import Message, Update, User

from bot.domain.model import ChatKind
from bot.rendering import answers
from handlers.deps import Deps
from handlers.turn import Turn, accessible, argument_of, is_anonymous, kind_of, place_of, title_of


class Opening:
    """Makes a turn of an update, or none of one that is not answered."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def turn(self, update: Update, *, whole_text: bool = False) -> Turn | None:
        """The turn; `whole_text`: its argument is all that was written, `/name` included."""
        message = accessible(update)
        user = update.effective_user
        if message is None or not await self._answered(message, user, update):
            return None
        code = user.language_code if user else None
        chat = await self._deps.chats.ensure(
            message.chat.id, kind_of(message), title_of(message), code
        )
        text = (message.text or "").strip()
        here = place_of(message)
        return Turn(
            here=here,
            place=here,
            kind=chat.kind,
            title=chat.title,
            message=message,
            sentences=self._deps.locales.of(chat.locale),
            argument=text if whole_text else argument_of(message),
            user=user,
            anonymous=is_anonymous(message),
            press=update.callback_query,
            number=update.update_id,
        )

    def gone(self, update: Update) -> str | None:
        """The toast for a press on a message that Telegram shows us no more."""
        user = update.effective_user
        if accessible(update) is not None or user is None:
            return None
        return answers.toast("toast_old", self._deps.locales.of(user.language_code))

    async def _answered(self, message: Message, user: User | None, update: Update) -> bool:
        """Not to other bots, nor to strangers where only the invited are answered."""
        if user is not None and user.is_bot and message.sender_chat is None:
            return update.callback_query is not None
        refusal = self._deps.access.refused(message.chat.id, user.id if user else None)
        if refusal == "uninvited" and kind_of(message) is ChatKind.PRIVATE:
            texts = self._deps.locales.of(user.language_code if user else None)
            await message.reply_text(texts.plain("uninvited", id=message.chat.id))
        return refusal is None
