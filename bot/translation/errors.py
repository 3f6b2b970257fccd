"""From an engine's answer to what is the matter."""

from collections.abc import Awaitable, Sequence
from typing import Any

import httpx

from bot.domain.errors import TranslationError, Trouble

BY_STATUS: dict[int, Trouble] = {
    401: "refused",
    403: "refused",
    404: "refused",
    413: "too-large",
    429: "busy",
    456: "quota",
}

PASSING = frozenset({502, 503})
"""A proxy whose server restarts."""


async def answered(asking: Awaitable[httpx.Response]) -> Any:
    """The JSON of a good answer.

    Raises:
        TranslationError: what the status or the words of a bad one mean, or that there is none.
    """
    try:
        answer = await asking
    except httpx.HTTPError as error:
        words = str(error) or type(error).__name__
        again = not isinstance(error, httpx.TimeoutException)
        raise TranslationError("failed", words, reason="down", passing=again) from error
    words = answer.text[:300]
    if answer.status_code == httpx.codes.OK:
        try:
            return answer.json()
        except ValueError as error:
            raise TranslationError("failed", "the answer is no JSON") from error
    kind = BY_STATUS.get(answer.status_code, "failed")
    if answer.status_code == httpx.codes.BAD_REQUEST:
        kind = _of_words(words)
    said = f"{answer.status_code}: {words}"
    raise TranslationError(
        kind,
        said,
        _wait(answer),
        reason="error",
        words=said,
        passing=answer.status_code in PASSING,
    )


def texts_of(found: Any, count: int) -> tuple[str, ...]:
    """As many texts as were asked for.

    Raises:
        TranslationError: they are not.
    """
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) != count:
        raise TranslationError("failed", "not as many texts as were sent")
    if not all(isinstance(one, str) for one in found):
        raise TranslationError("failed", "an answer that is no text")
    return tuple(found)


def _of_words(words: str) -> Trouble:
    """LibreTranslate and Apertium say 400 for everything."""
    low = words.lower()
    if "not supported" in low or "not available" in low or "not installed" in low:
        return "unsupported"
    if "exceeds" in low:
        return "too-large"
    if "api key" in low or "server operator" in low:
        return "refused"
    return "failed"


def _wait(answer: httpx.Response) -> float | None:
    text = answer.headers.get("retry-after", "")
    return min(float(text), 3_600.0) if text.isdecimal() else None
