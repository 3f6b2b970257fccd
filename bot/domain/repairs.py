"""What to type instead of a query that cannot be read."""

from collections.abc import Callable, Iterator

from bot.domain.text import tokens

EXAMPLE = "Geneva talks"
_CLOSING = {"(": ")", '"': '"', "“": "”", "„": "“", "«": "»"}


def repaired(text: str, position: int, is_read: Callable[[str], bool]) -> str:
    """The nearest form of `text`, wrong at `position` (from 1), that can be read; else an example.

    What was opened is closed, what is wrong is left out; else all that stands before it is kept,
    or the words alone.
    """
    return next(filter(is_read, _forms(text, position)), EXAMPLE)


def _forms(text: str, position: int) -> Iterator[str]:
    at = position - 1
    wrong, before, after = text[at : at + 1], text[:at].rstrip(), text[at + 1 :]
    yield text + _CLOSING.get(wrong, "")
    if not wrong.isalnum():
        yield f"{before} {after}".strip()
    yield f"{before} {after.partition(' ')[2]}".strip()
    yield before
    yield before.rpartition(" ")[0]
    yield " ".join(token.text for token in tokens(text))
