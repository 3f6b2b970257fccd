"""The headline of what has none, and what a text still has to say below its headline.

Microblogs and linkblogs have no titles. A headline made here is shown and matched (`title:`), and
never stored: identity compares what the feed said, so that no entry becomes new by it.
"""

import regex

from bot.domain.model import Article, Entry

LONGEST = 140
"""Characters of a headline that is made of a text."""

LEAST = 40
"""Characters of a sentence, or of lines, that say enough to be the headline of what follows."""

_ENOUGH = LONGEST // 2
_DENSE_FROM = "\u2e80"
"""From here on scripts have no blanks: a text may go on behind any character."""

_END = regex.compile(
    r"(?:(?:\p{Ll}{3}|\p{Lu}{4}|\p{Lo}{2}|\d{3}|[\"”»)\]])\.|[!?…؟।])[\"”’»)\]]*(?=\s+[^\s\p{Ll}])"
    r"|[。！？][」』”）]*|(?=\n)"
)
"""The end of a sentence or a line; behind two letters a dot ends an abbreviation ("Dr.")."""

_CUT = regex.compile(rf"\X{{{_ENOUGH},{LONGEST - 1}}}(?=\s)|\X{{1,{LONGEST - 1}}}")
_MARKS = ("…", "...")


def headline_of(one: Entry | Article) -> str:
    """Its own title, else the beginning of its text, else its address; "": it has nothing."""
    return one.title.strip() or beginning(one.summary) or one.link or ""


def beginning(text: str) -> str:
    """A headline made of a text: all of a short one, else sentences, else words and "…"."""
    whole = text.strip()
    if len(whole) <= LONGEST:
        return _one_line(whole)
    ends = (found.end() for found in _END.finditer(whole, 0, LONGEST + 2))
    end = next((one for one in ends if LEAST <= one <= LONGEST), None)
    if end is not None:
        return _one_line(whole[:end])
    found = _CUT.match(whole[: 2 * LONGEST])
    return _one_line(found[0]).rstrip(" ,;:–-") + "…" if found else ""


def rest_of(text: str, headline: str) -> str:
    """What a text says besides its headline, on one line, from "…" where that was cut short."""
    said, head = _one_line(text), _one_line(headline)
    cut = head.endswith(_MARKS)
    stem = head.rstrip(".… ") if cut else head
    if not stem or said[: len(stem)].casefold() != stem.casefold():
        return said
    rest = said[len(stem) :]
    if _splits_a_word(stem, rest):
        if not cut:
            return said
        rest = (stem.rpartition(" ")[2] if " " in stem else "") + rest
    rest = rest.lstrip(" .…:–-")
    return f"…{rest}" if cut and rest else rest


def _splits_a_word(before: str, after: str) -> bool:
    return before[-1].isalnum() and after[:1].isalnum() and after[:1] < _DENSE_FROM


def _one_line(text: str) -> str:
    return " ".join(text.split())
