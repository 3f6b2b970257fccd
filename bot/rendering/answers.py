"""What the bot answers to commands and presses."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.callbacks import Callback, Verb
from bot.domain.errors import FeedError, FetchError, LimitReached, QueryError
from bot.domain.figures import DeadLetter, Freshness, Preview
from bot.domain.message import Button, Message
from bot.domain.model import Form, Subscription
from bot.domain.secrets import masked, masked_text
from bot.domain.settling import OUR_WORDS
from bot.rendering.html import Html, block, clean, isolated, join, lines, shorten
from bot.rendering.lists import ago, article_lines
from bot.rendering.sentences import Sentences

NAME_UNITS = 80
QUERY_UNITS = 300


def greeting(name: str, examples: Sequence[str], bot: str, texts: Sentences) -> Message:
    """Who the bot is, how to begin, three examples to tap, and the way into groups.

    `bot`: its user name where it can be added elsewhere from here.
    """
    hello = texts.say("greeting", name=_short(name)) if name else texts.say("greeting_nameless")
    rows = tuple(
        (_button(texts.plain("example_button", query=query), Verb.EXAMPLE, index),)
        for index, query in enumerate(examples)
    )
    adding = Button(texts.plain("button_add_to_group"), url=f"https://t.me/{bot}?startgroup=new")
    keyboard = (*rows, (adding,)) if bot else rows
    return Message(text=join([hello, texts.say("greeting_how")], "\n"), keyboard=keyboard)


def help_text(is_group: bool, commands: Sequence[tuple[str, str]], texts: Sentences) -> Message:
    """Every command with its line, and the query language."""
    named = [Html(f"/{name} – {line}") for name, line in commands]
    groups = texts.say("help_groups") if is_group else None
    return Message(text=lines(texts.say("help_title"), *named, groups, texts.say("help_grammar")))


def about(version: str, texts: Sentences) -> Message:
    """Which program this is."""
    return Message(text=Html(texts.say("about", version=version).strip()))


def privacy(texts: Sentences) -> Message:
    """What is stored."""
    return Message(text=Html(texts.say("privacy").strip()))


def ask_for(verb: str, texts: Sentences) -> Message:
    """The question for a command's argument, to be answered by reply."""
    return Message(text=texts.say(f"ask_{verb}"), ask=texts.plain(f"ask_{verb}_hint"))


def ask_in_channel(verb: str, texts: Sentences) -> Message:
    """Channels cannot reply: an example instead."""
    return Message(text=texts.say(f"ask_in_channel_{verb}"))


def subscribed(one: Subscription, preview: Preview, texts: Sentences) -> Message:
    """Saved, with the dry run, and what can be changed at once."""
    text = join([texts.say("subscribed", query=_shown(one)), _dry_run(preview, texts)], "\n\n")
    keyboard = (
        (
            _button(texts.plain("button_undo"), Verb.UNDO_ADD, one.id),
            _button(texts.plain("button_headline"), Verb.FORM, one.id),
            _button(texts.plain("button_digest"), Verb.DAILY, one.id),
        ),
    )
    return Message(text=text, keyboard=keyboard)


def digested(one: Subscription, texts: Sentences) -> Message:
    """It waits for the daily digest; it can still be undone."""
    undo = _button(texts.plain("button_undo"), Verb.UNDO_ADD, one.id)
    return Message(text=texts.say("digested", query=_shown(one)), keyboard=((undo,),))


def already_subscribed(one: Subscription, number: int, texts: Sentences) -> Message:
    """It rings already."""
    return Message(text=texts.say("already_subscribed", query=_shown(one), number=number))


def undone(one: Subscription, texts: Sentences) -> Message:
    """A fresh subscription taken back."""
    return Message(text=texts.say("undone", query=_shown(one)))


def form_changed(one: Subscription, texts: Sentences) -> Message:
    """Headline only, or with summary; the same buttons go on working."""
    headline = one.form is Form.HEADLINE
    other = "button_full" if headline else "button_headline"
    keyboard = (
        (
            _button(texts.plain("button_undo"), Verb.UNDO_ADD, one.id),
            _button(texts.plain(other), Verb.FORM, one.id),
        ),
    )
    key = "form_headline" if headline else "form_full"
    return Message(text=texts.say(key, query=_shown(one)), keyboard=keyboard)


def unsubscribed(removed: Sequence[Subscription], texts: Sentences) -> Message:
    """What rings no more, each with a way back."""
    names = shorten(" · ".join(_name(one) for one in removed), QUERY_UNITS)
    rows = tuple(
        (_button(f"{texts.plain('button_undo')}: {_name(one)}", Verb.AGAIN, one.query_id),)
        for one in removed[:8]
    )
    text = texts.say("unsubscribed", count=len(removed), queries=isolated(names))
    return Message(text=text, keyboard=rows)


def nothing_matches(words: str, texts: Sentences) -> Message:
    """No such subscription here."""
    return Message(text=texts.say("nothing_matches", query=_short(words)))


def confirm_remove_all(count: int, texts: Sentences) -> Message:
    """Yes or no."""
    keyboard = (
        (
            _button(texts.plain("button_yes_remove"), Verb.REMOVE_ALL),
            _button(texts.plain("button_no_keep"), Verb.KEEP_ALL),
        ),
    )
    return Message(text=texts.say("confirm_remove_all", count=count), keyboard=keyboard)


def removed_all(count: int, texts: Sentences) -> Message:
    """All gone."""
    return Message(text=texts.say("removed_all", count=count))


def kept_all(texts: Sentences) -> Message:
    """Nothing changed."""
    return Message(text=texts.say("kept_all"))


def query_error(words: str, error: QueryError, texts: Sentences) -> Message:
    """The query with a mark under the place, what is wrong there, and what would work.

    Everybody in the chat reads it: addresses are masked, and a query with a secret has no hint.
    """
    flat = "".join(" " if character.isspace() else character for character in words)
    at = len(masked_text(flat[: error.position - 1]))
    start = max(0, at + 1 - QUERY_UNITS // 2)
    safe = masked_text(flat)
    shown = safe[start : start + QUERY_UNITS]
    mark = " " * (at - start) + "^"
    hint = error.suggestion if safe == flat else None
    what = shorten(masked_text(clean(texts.told(error.complaint))), QUERY_UNITS)
    text = lines(
        texts.say("query_error"),
        block(f"{shown}\n{mark}"),
        texts.say("query_error_what", what=what),
        texts.say("query_error_try", suggestion=hint) if hint else None,
    )
    return Message(text=text)


def not_a_source(url: str, error: FetchError | FeedError, texts: Sentences) -> Message:
    """Why an address cannot be subscribed to."""
    reason = texts.plain(f"reason_{error.code}")
    return Message(
        text=texts.say("not_a_source", url=shorten(masked(clean(url)), NAME_UNITS), reason=reason)
    )


def limit_reached(error: LimitReached, texts: Sentences) -> Message:
    """A quota of the operator."""
    return Message(text=texts.say(f"limit_{error.what}", count=error.limit))


def too_many_commands(per_minute: int, texts: Sentences) -> Message:
    """The one refusal in a flood."""
    return Message(text=texts.say("too_many_commands", count=per_minute))


def admins_only(texts: Sentences) -> Message:
    """Refused, briefly."""
    return Message(text=texts.say("admins_only"))


def unknown_command(name: str, nearest: str | None, texts: Sentences) -> Message:
    """No such command; the nearest one that is."""
    if nearest is None:
        return Message(text=texts.say("unknown_command", name=_short(name)))
    text = texts.say("unknown_command_nearest", name=_short(name), nearest=nearest)
    return Message(text=text)


def words_alone(words: str, texts: Sentences) -> Message:
    """Words without a command, in a private chat."""
    if not clean(words):
        return Message(text=texts.say("words_nothing"))
    return Message(text=texts.say("words_alone", words=shorten(clean(words), NAME_UNITS)))


def busy(texts: Sentences) -> Message:
    """The database has no time for a command; nothing was changed."""
    return Message(text=texts.say("busy"))


def something_went_wrong(reference: str, texts: Sentences) -> Message:
    """An unforeseen fault, with the reference that leads to the log."""
    return Message(text=texts.say("something_went_wrong", reference=reference))


def status(figures: Freshness, now: datetime, everything: bool, texts: Sentences) -> Message:
    """How fresh the news is; with the queue and the refusals for operators."""
    last = figures.last_article
    alerts = "status_alerts_all" if everything else "status_alerts"
    text = lines(
        texts.say("status_title"),
        texts.say("status_last", ago=ago(last, now, texts)) if last else texts.say("status_none"),
        texts.say("status_articles", count=figures.articles_24h),
        texts.say("status_sources", count=figures.sources, failing=figures.failing),
        texts.say(alerts, count=figures.alerts_24h, queued=figures.queued),
        *(_operators(figures, now, texts) if everything else ()),
    )
    return Message(text=text)


def toast(key: str, texts: Sentences) -> str:
    """A short plain text over the chat."""
    return texts.plain(key)


def _operators(figures: Freshness, now: datetime, texts: Sentences) -> list[Html | None]:
    oldest = figures.oldest_queued
    return [
        texts.say("status_oldest", ago=ago(oldest, now, texts)) if oldest else None,
        texts.say("status_dead", count=figures.dead) if figures.dead else None,
        *(_letter(one, now, texts) for one in figures.letters),
        texts.say("status_chats", chats=figures.chats, subscriptions=figures.subscriptions),
    ]


def _letter(letter: DeadLetter, now: datetime, texts: Sentences) -> Html:
    title = isolated(shorten(clean(letter.title) or texts.plain("untitled"), NAME_UNITS))
    words = shorten(clean(letter.reason), NAME_UNITS)
    ours = letter.reason in OUR_WORDS  # else Telegram's own words
    reason = texts.plain(f"letter_{letter.reason}") if ours else words
    return texts.say("status_letter", title=title, reason=reason, ago=ago(letter.at, now, texts))


def _dry_run(preview: Preview, texts: Sentences) -> Html:
    key = "preview_capped" if preview.capped else "preview"
    examples = [article_lines(article, texts) for article in preview.hits]
    count = texts.say(key, count=preview.count, rate=preview.per_day)
    parts = [count, *examples] if preview.count else [texts.say("preview_none")]
    return join([*parts, *_proposals(preview, texts)], "\n\n")


def _proposals(preview: Preview, texts: Sentences) -> list[Html]:
    """Forms to try: each with how many it would have rung for."""
    if not preview.proposals:
        return []
    head = texts.say("preview_many" if preview.count else "preview_wider")
    forms = [
        texts.say("preview_form", query=one.text, count=one.count) for one in preview.proposals
    ]
    return [lines(head, *forms)]


def _button(text: str, verb: Verb, row: int = 0) -> Button:
    return Button(shorten(text, 40), data=Callback(verb, row).encode())


def _short(text: str) -> str:
    return isolated(shorten(clean(text), NAME_UNITS))


def _name(one: Subscription) -> str:
    return clean(one.typed)


def _shown(one: Subscription) -> str:
    return _short(one.typed)
