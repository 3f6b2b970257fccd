"""/date, /category, /related: the paper that can be turned back."""

from datetime import date

from bot.domain.callbacks import Callback, Verb
from bot.domain.days import read_day
from bot.domain.message import Message
from bot.rendering import answers, paper
from bot.rendering.alert import section_name
from handlers.deps import Deps, Pressed
from handlers.turn import Turn

LAST = date.max.toordinal() - 1


async def by_date(deps: Deps, turn: Turn) -> Message:
    """`/date 2022-01-09`, `/date yesterday`; bare: today."""
    when = read_day(turn.argument or "today", deps.reader.today())
    return paper.no_day(turn.sentences) if when is None else await _day(deps, turn, when, 0)


async def category(deps: Deps, turn: Turn) -> Message:
    """`/category Politics`; bare: the sections to choose from."""
    wanted = turn.argument.casefold()
    for number, one in enumerate(paper.SECTIONS):
        if wanted in (one.casefold(), section_name(one, turn.sentences).casefold()):
            return await _section(deps, turn, number, 0)
    return paper.sections(turn.sentences)


async def related(deps: Deps, turn: Turn) -> Message:
    """What the reader of the alert replied to may like."""
    if turn.replied_to is None:
        return paper.told("related_how", turn.sentences)
    found = await deps.reader.related_to_message(turn.place.chat, turn.replied_to)
    if found is None:
        return paper.told("why_no_alert", turn.sentences)
    return paper.may_like(found[1], turn.sentences)


async def related_to(deps: Deps, turn: Turn, article_id: int) -> Message | None:
    """The same for an article; None: it is none that this chat may see."""
    found = await deps.reader.related(turn.place.chat, article_id)
    return None if found is None else paper.may_like(found[1], turn.sentences)


async def press_day(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Another page or another day."""
    if not 1 < pressed.id <= LAST:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    edit = await _day(deps, turn, date.fromordinal(pressed.id), pressed.page)
    return Pressed(edit=edit)


async def press_section(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """A section, or another page of it."""
    if not 0 <= pressed.id < len(paper.SECTIONS):
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    return Pressed(edit=await _section(deps, turn, pressed.id, pressed.page))


async def press_related(deps: Deps, turn: Turn, pressed: Callback) -> Pressed:
    """Related, under an alert in a private chat."""
    said = await related_to(deps, turn, pressed.id)
    if said is None:
        return Pressed(toast=answers.toast("toast_gone", turn.sentences))
    return Pressed(say=said)


PRESSES = {
    Verb.DAY: press_day,
    Verb.SECTION: press_section,
    Verb.RELATED: press_related,
}
"""These only show: anybody in the chat may press them."""


async def _day(deps: Deps, turn: Turn, when: date, page: int) -> Message:
    found = await deps.reader.day(turn.place.chat, when, page)
    today = deps.reader.today()
    return paper.day(when, today, found.articles, page, found.more, turn.sentences)


async def _section(deps: Deps, turn: Turn, number: int, page: int) -> Message:
    which = paper.SECTIONS[number]
    found = await deps.reader.section(turn.place.chat, which, page)
    return paper.section(which, found.articles, found.number, found.more, turn.sentences)
