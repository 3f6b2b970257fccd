"""/trends: what rises, as a picture, each term one tap from its stories and from Subscribe."""

from bot.charts import Line, draw
from bot.domain.callbacks import Callback, Verb
from bot.domain.message import Message
from bot.domain.trends import DAY, WEEK
from bot.rendering import answers
from bot.rendering import trends as shown
from bot.services.trending import Trends
from handlers.deps import Deps, Pressed
from handlers.turn import Turn

SPANS = {"24h": DAY, "1d": DAY, "7d": WEEK, "week": WEEK}


async def trends(deps: Deps, turn: Turn) -> Message:
    """`/trends`, `/trends 7d`."""
    span = SPANS.get(turn.argument.casefold(), DAY)
    found = await deps.trending.of(span, turn.sentences.locale)
    if found is None:
        return shown.still_counting(turn.sentences)
    if found.young or not found.rises:
        return shown.no_trends(young=found.young, texts=turn.sentences)
    await deps.trending.keep(found)
    rows = [(one.label, one.trend.count, one.query) for one in found.rises]
    return shown.trends(rows, _named(found), found.picture, turn.sentences)


async def press_trend(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """The stories of a term."""
    query = await deps.reader.kept(pressed.id)
    if query is None:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    page = await deps.reader.latest(turn.place.chat, 0, query)
    label = query.text.strip('"')
    return Pressed(say=shown.stories(label, page.articles, query, turn.sentences))


async def drawn(found: Trends) -> bytes:
    """The picture: a row a term, numbered as the buttons are; without words: it is shared."""
    lines = [Line(one.label, one.trend.series) for one in found.rises]
    return await draw(f"{_named(found)} · {found.at:%Y-%m-%d %H:%M} UTC", lines)


def _named(found: Trends) -> str:
    return "24h" if found.span == DAY else "7d"


PRESSES = {Verb.TREND: press_trend}
"""It only shows: anybody in the chat may press it."""
