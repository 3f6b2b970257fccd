"""Inline mode: `@bot NATO` in any chat lets anybody share a story there."""

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
)
from telegram.constants import ParseMode

from bot.domain.errors import QueryError
from bot.domain.grammar import parse
from bot.rendering.inline import Offer, offers
from bot.rendering.sentences import Sentences
from bot.sending.markup import send_arguments
from handlers.deps import Deps

EVERYBODY = 0
"""Only the catalogue's news: who reads it there is not known here."""

CACHED = 30
"""Seconds for which Telegram may give the same answer to everybody."""


async def answer(deps: Deps, asked: InlineQuery) -> None:
    """The newest stories, of all or of those that meet what was typed."""
    if deps.access.refused(asked.from_user.id, asked.from_user.id) is not None:
        return
    texts = deps.locales.of(asked.from_user.language_code)
    words = asked.query.strip()
    try:
        query = parse(words) if words else None
    except QueryError:  # half a query, while it is typed
        await asked.answer([], cache_time=CACHED, button=_help(texts))
        return
    page = await deps.reader.latest(EVERYBODY, 0, query, size=20)
    found = [_result(one) for one in offers(page.articles, texts)]
    await asked.answer(found, cache_time=CACHED, button=_help(texts) if not found else None)


def _result(one: Offer) -> InlineQueryResultArticle:
    said = send_arguments(one.message)
    content = InputTextMessageContent(
        said["text"],
        parse_mode=ParseMode.HTML,
        link_preview_options=said["link_preview_options"],
    )
    return InlineQueryResultArticle(one.id, one.title, content, description=one.description)


def _help(texts: Sentences) -> InlineQueryResultsButton:
    return InlineQueryResultsButton(texts.plain("inline_none"), start_parameter="inline")
