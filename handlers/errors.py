"""PTB's error handler, one of the three supervisors: the fault is logged, the person is told."""

import logging
from secrets import token_hex

from telegram import Bot, Update
from telegram.error import BadRequest, TelegramError

from bot.rendering import answers
from bot.rendering.sentences import Locales
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
        reference = token_hex(3)
        log.error("fault %s in a handler", reference, exc_info=error)
        if isinstance(update, Update):
            await self._tell(context.bot, update, reference)

    async def _tell(self, bot: Bot, update: Update, reference: str) -> None:
        message = accessible(update)
        if message is None:
            return
        text = answers.something_went_wrong(reference, self._locales.of("en"))
        try:
            await bot.send_message(**place_arguments(place_of(message)), **send_arguments(text))
        except TelegramError as error:
            log.warning("fault %s could not be told: %s", reference, error)
