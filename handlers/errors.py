"""PTB's error handler, one of the three supervisors: the fault is logged, the person is told."""

import logging
from secrets import token_hex

from telegram import Bot, Update
from telegram.error import BadRequest, TelegramError

from bot.domain.errors import StorageTrouble
from bot.domain.message import Message
from bot.rendering import answers
from bot.rendering.sentences import Locales, Sentences
from bot.sending.markup import place_arguments, send_arguments
from handlers.routing import Context
from handlers.turn import accessible, place_of

log = logging.getLogger(__name__)


class Faults:
    """Reports what a handler did not foresee, under a reference that leads to the log."""

    def __init__(self, locales: Locales) -> None:
        self._locales = locales

    async def on_error(self, update: object, context: Context) -> None:
        """Log the fault; answer the person, unless Telegram itself is the fault.

        A BadRequest is ours: we said something that Telegram cannot take.
        """
        error = context.error
        if isinstance(error, TelegramError) and not isinstance(error, BadRequest):
            log.warning("Telegram: %s", error)
            return
        if isinstance(error, StorageTrouble):
            log.warning("a command met trouble: %s", error)
            if isinstance(update, Update):
                await self._busy(context.bot, update)
            return
        reference = token_hex(3)
        log.error("fault %s in a handler", reference, exc_info=error)
        if isinstance(update, Update):
            text = answers.something_went_wrong(reference, self._texts(update))
            await _tell(context.bot, update, text)

    async def _busy(self, bot: Bot, update: Update) -> None:
        texts = self._texts(update)
        query = update.callback_query
        if query is None:
            await _tell(bot, update, answers.busy(texts))
            return
        try:
            await query.answer(answers.toast("toast_busy", texts))
        except TelegramError as error:
            log.warning("a press could not be answered: %s", error)

    def _texts(self, update: Update) -> Sentences:
        """The person's own language: the chat's may be what we cannot read just now."""
        user = update.effective_user
        return self._locales.of(user.language_code if user else None)


async def _tell(bot: Bot, update: Update, text: Message) -> None:
    message = accessible(update)
    if message is None:
        return
    try:
        await bot.send_message(**place_arguments(place_of(message)), **send_arguments(text))
    except TelegramError as error:
        log.warning("a fault could not be told: %s", error)
