"""Sources as people see them: lists with their health, a card each, a page's feeds to choose."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.callbacks import Callback, Verb
from bot.domain.languages import primary
from bot.domain.message import Button, Keyboard, Message
from bot.domain.model import SourceHealth
from bot.domain.polling import fails
from bot.domain.secrets import shown_to
from bot.domain.shelves import Shelf, packed
from bot.domain.standing import Standing
from bot.rendering.alert import section_name
from bot.rendering.html import Html, bold, clean, code, escape, isolated, lines, link, shorten
from bot.rendering.lists import ago
from bot.rendering.sentences import Sentences

PAGE = 8
BUTTON_UNITS = 40
NAME_UNITS = 60
ADDRESS_UNITS = 200

_TITLES = {
    Shelf.TROUBLED: "sources_troubled",
    Shelf.OWN: "sources_own",
    Shelf.FOREIGN: "sources_foreign",
}
_SHELVES = {
    Shelf.ALL: "button_all_sources",
    Shelf.TROUBLED: "button_troubled",
    Shelf.OWN: "button_own_sources",
    Shelf.FOREIGN: "button_foreign",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """Whose they are: in a private chat one's own addresses are whole; operators see more."""

    chat: int
    private: bool = False
    operator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The page of a shelf that is looked at, when, and what the place does not want to hear."""

    shelf: Shelf = Shelf.ALL
    page: int = 0
    now: datetime
    muted: Collection[int] = ()


def sources(found: Sequence[SourceHealth], shown: Shown, eyes: Eyes, texts: Sentences) -> Message:
    """A page of a shelf: each source with its health, and a button to its card."""
    some = found[shown.page * PAGE : (shown.page + 1) * PAGE]
    text = lines(
        _title(found, shown.shelf, texts),
        *(_line(one, shown, texts) for one in some),
        texts.say("sources_hint") if shown.shelf is not Shelf.FOREIGN else None,
    )
    view = packed(shown.shelf, shown.page)
    rows = tuple(
        (_button(clean(one.source.title), Verb.SOURCE, one.source.id, view),) for one in some
    )
    return Message(
        text=text,
        keyboard=rows + _turning(len(found), shown, texts) + _shelves(shown.shelf, eyes, texts),
    )


def found_by_name(
    found: Sequence[SourceHealth], words: str, shown: Shown, texts: Sentences
) -> Message:
    """The first of the sources with these words in their name, each a button to its card."""
    if not found:
        name = isolated(shorten(clean(words), NAME_UNITS))
        return Message(text=texts.say("sources_unknown", words=name))
    some = found[:PAGE]
    rows = tuple(
        (_button(clean(one.source.title), Verb.SOURCE, one.source.id, 0),) for one in some
    )
    return Message(text=lines(*(_line(one, shown, texts) for one in some)), keyboard=rows)


def card(
    one: SourceHealth, shown: Shown, eyes: Eyes, texts: Sentences, *, reports: int = 0
) -> Message:
    """One source: its page, section, language, address, and how it does.

    `reports`: chats that think ill of it.
    """
    source = one.source
    adder = eyes.private and source.owner == eyes.chat
    section = section_name(source.section, texts) if source.section else None
    language = texts.language(primary(source.language) or "") or None
    facts = [fact for fact in (section, language) if fact]
    site = shown_to(source.site, adder=adder) if source.site else None
    text = lines(
        bold(link(escape(_name(one)), site)),
        escape(" · ".join([*facts, _per_day(one, texts)])),
        _health(one, shown.now, texts),
        _last(one, shown.now, texts),
        code(shorten(clean(shown_to(source.url, adder=adder)), ADDRESS_UNITS)),
        texts.say("source_private") if source.owner is not None else None,
        texts.say("source_muted") if source.id in shown.muted else None,
        texts.say(f"standing_{source.standing}") if source.standing else None,
        texts.say("source_reports", count=reports) if eyes.operator and reports else None,
    )
    return Message(text=text, keyboard=_choices(one, shown, eyes, texts))


def choose_feed(
    found: Sequence[tuple[int, str, str]], verb: Verb, texts: Sentences, *, adder: bool
) -> Message:
    """A page's feeds (number, address, title), each a link and a button that takes it."""
    named = [
        Html(f"{place}. {link(escape(_short(title)), shown_to(url, adder=adder))}")
        for place, (_, url, title) in enumerate(found, start=1)
    ]
    rows = tuple(
        (_button(f"{place}. {clean(title)}", verb, number, 0),)
        for place, (number, _, title) in enumerate(found, start=1)
    )
    key = "choose_feed" if verb is Verb.FEED else "choose_source"
    return Message(text=lines(texts.say(key), *named), keyboard=rows)


def added(source_id: int, title: str, *, new: bool, texts: Sentences) -> Message:
    """It serves this chat now, or did before; its card is a tap away."""
    key = "source_added" if new else "source_there"
    button = _button(texts.plain("button_card"), Verb.SOURCE, source_id, 0)
    return Message(text=texts.say(key, title=_short(title)), keyboard=((button,),))


def dropped(title: str, texts: Sentences) -> Message:
    """It serves this chat no more."""
    return Message(text=texts.say("source_dropped", title=_short(title)))


def judging(source_id: int, standing: Standing, texts: Sentences) -> tuple[Button, ...]:
    """What operators may decide about a source, or take back."""
    hush = "button_unhush" if standing is Standing.MUTED else "button_hush"
    retire = "button_unretire" if standing is Standing.RETIRED else "button_retire"
    return (
        _button(texts.plain(hush), Verb.HUSH, source_id, 0),
        _button(texts.plain(retire), Verb.RETIRE, source_id, 0),
    )


def to_card(source_id: int, texts: Sentences) -> Button:
    """The way to a source's card."""
    return _button(texts.plain("button_card"), Verb.SOURCE, source_id, 0)


def _choices(one: SourceHealth, shown: Shown, eyes: Eyes, texts: Sentences) -> Keyboard:
    """What people of the chat, and operators, can do about a source."""
    source, view = one.source, packed(shown.shelf, shown.page)
    hearing = "button_hear" if source.id in shown.muted else "button_mute"
    mute = _button(texts.plain(hearing), Verb.QUIET_SOURCE, source.id, view)
    back = _button(texts.plain("button_back"), Verb.SOURCES, 0, view)
    if source.owner == eyes.chat:
        drop = _button(texts.plain("button_drop"), Verb.DROP_SOURCE, source.id, view)
        rows: Keyboard = ((mute, drop),)
    elif source.owner is None:
        report = _button(texts.plain("button_report"), Verb.REPORT, source.id, view)
        rows = ((mute, report),)
    else:
        rows = ()
    if eyes.operator and source.owner is not None:
        rows += ((_button(texts.plain("button_promote"), Verb.PROMOTE, source.id, view),),)
    if eyes.operator and source.owner is None:
        rows += (judging(source.id, source.standing, texts),)
    return (*rows, (back,))


def _title(found: Sequence[SourceHealth], shelf: Shelf, texts: Sentences) -> Html:
    if shelf is not Shelf.ALL:
        return texts.say(_TITLES[shelf], count=len(found))
    failing = sum(fails(one.source) for one in found)
    return texts.say("sources_title", count=len(found), failing=failing)


def _line(one: SourceHealth, shown: Shown, texts: Sentences) -> Html:
    """`✅ Spiegel · 34 a day · last read 2 min ago`, or what is the matter."""
    muted = " · 🔇" if one.source.id in shown.muted else ""
    return Html(f"{_health(one, shown.now, texts, bold(escape(_name(one))))}{muted}")


def _health(one: SourceHealth, now: datetime, texts: Sentences, name: Html | None = None) -> Html:
    """How it does; in a list behind its name."""
    source = one.source
    said = Html(f"{name} · ") if name else Html("")
    if source.error is not None:
        reason = texts.plain(f"reason_{source.error}")
        sign = "⚠️" if fails(source) else "ℹ️"
        return Html(f"{sign} {said}{escape(reason)}")
    if source.last_ok is None:
        new = texts.say("source_new")
        return Html(f"⏳ {said}{new}")
    read = texts.say("source_ok", ago=ago(source.last_ok, now, texts))
    often = Html(f"{escape(_per_day(one, texts))} · ") if name else Html("")
    return Html(f"✅ {said}{often}{read}")


def _last(one: SourceHealth, now: datetime, texts: Sentences) -> Html | None:
    """When a source of which something is told was last read well."""
    source = one.source
    if source.error is None or source.last_ok is None:
        return None
    return texts.say("source_ok", ago=ago(source.last_ok, now, texts))


def _per_day(one: SourceHealth, texts: Sentences) -> str:
    return texts.plain("source_day", count=f"{one.per_day:.1f}".removesuffix(".0"))


def _turning(count: int, shown: Shown, texts: Sentences) -> Keyboard:
    row = []
    if shown.page > 0:
        before = packed(shown.shelf, shown.page - 1)
        row.append(_button(texts.plain("button_page_back"), Verb.SOURCES, 0, before))
    if (shown.page + 1) * PAGE < count:
        after = packed(shown.shelf, shown.page + 1)
        row.append(_button(texts.plain("button_page_on"), Verb.SOURCES, 0, after))
    return (tuple(row),) if row else ()


def _shelves(here: Shelf, eyes: Eyes, texts: Sentences) -> Keyboard:
    """The other shelves."""
    others = [one for one in Shelf if one is not here]
    if not eyes.operator:
        others.remove(Shelf.FOREIGN)
    return (
        tuple(
            _button(texts.plain(_SHELVES[one]), Verb.SOURCES, 0, packed(one, 0)) for one in others
        ),
    )


def _name(one: SourceHealth) -> str:
    return _short(one.source.title)


def _short(text: str) -> str:
    return isolated(shorten(clean(text), NAME_UNITS))


def _button(text: str, verb: Verb, row: int, page: int) -> Button:
    return Button(shorten(text, BUTTON_UNITS), data=Callback(verb, row, page).encode())
