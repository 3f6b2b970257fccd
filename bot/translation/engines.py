"""The engines that TRANSLATE_URL names, in its order."""

from collections.abc import Sequence

import httpx

from bot.domain.choices import Offer
from bot.domain.ports import Engine
from bot.translation.apertium import Apertium
from bot.translation.deepl import DeepL
from bot.translation.libretranslate import LibreTranslate
from bot.translation.openai import OpenAI

SECONDS = 60.0
"""For an answer: a local model may have to be loaded first. No alert waits for it that long."""


def open_client() -> httpx.AsyncClient:
    """The client of all engines: addresses of the operator's own, so nothing is guarded here."""
    return httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=False)


def engines_of(
    urls: Sequence[str], key: str | None, client: httpx.AsyncClient
) -> tuple[Engine, ...]:
    """An engine for each address such as `libretranslate+http://host:5000`.

    `key`: one for all; or as many as addresses, comma separated, so that none sees another's.
    """
    several = (key or "").split(",")
    keys = (
        [one.strip() or None for one in several]
        if len(several) == len(urls)
        else [key] * len(urls)
    )
    named = (url.partition("+") for url in urls)
    return tuple(
        _engine(kind, base, own, client) for (kind, _, base), own in zip(named, keys, strict=True)
    )


def offer_of(urls: Sequence[str]) -> Offer:
    """What these engines make possible."""
    kinds = [url.partition("+")[0] for url in urls]
    free = {"libretranslate": LibreTranslate.free, "apertium": Apertium.free}
    return Offer(translation=bool(kinds), matching=any(free.get(kind, False) for kind in kinds))


def _engine(kind: str, base: str, key: str | None, client: httpx.AsyncClient) -> Engine:
    match kind:
        case "libretranslate":
            return LibreTranslate(client, base, key)
        case "apertium":
            return Apertium(client, base)
        case "deepl":
            return DeepL(client, base, key)
        case _:
            return OpenAI(client, base, key)
