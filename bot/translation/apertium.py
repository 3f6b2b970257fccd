"""Apertium-APY: `POST /translate?langpair=spa|eng` (measured: language.md, 1.5)."""

import httpx

from bot.domain.errors import TranslationError
from bot.translation.errors import answered

CODES = {
    "ca": "cat", "en": "eng", "eo": "epo", "es": "spa", "eu": "eus", "fr": "fra", "gl": "glg",
    "is": "isl", "it": "ita", "mk": "mkd", "pt": "por", "hr": "hbs", "sr": "hbs", "bs": "hbs",
    "oc": "oci", "sl": "slv", "bg": "bul", "ro": "ron", "cy": "cym", "nb": "nob", "no": "nob",
    "nn": "nno", "sv": "swe", "da": "dan", "de": "deu", "ru": "rus", "uk": "ukr", "be": "bel",
    "pl": "pol", "ar": "ara", "mt": "mlt", "kk": "kaz", "tt": "tat", "hi": "hin", "ur": "urd",
    "id": "ind", "ms": "msa", "af": "afr", "nl": "nld", "tr": "tur", "zh": "zho",
}  # fmt: skip
"""ISO 639-3, in which it names its pairs."""

_BREAK = "\n\n"


class Apertium:
    """`ports.Engine`. It takes one text a request: several go joined by blank lines."""

    name = "Apertium"
    free = True
    metered = False

    def __init__(self, client: httpx.AsyncClient, base: str) -> None:
        self._client = client
        self._base = base.rstrip("/")

    async def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        """See `ports.Engine`. `markUnknown=no`, or unknown words carry a star."""
        if source not in CODES or target not in CODES:
            raise TranslationError("unsupported", f"{source} to {target} is not offered")
        body = {
            "langpair": f"{CODES[source]}|{CODES[target]}",
            "q": _BREAK.join(" ".join(text.split()) for text in texts),
            "markUnknown": "no",
        }
        found = await answered(self._client.post(f"{self._base}/translate", data=body))
        data = found.get("responseData") if isinstance(found, dict) else None
        whole = str(data.get("translatedText", "")) if isinstance(data, dict) else ""
        parts = tuple(one.strip() for one in whole.split(_BREAK))
        if len(parts) != len(texts):
            raise TranslationError("failed", "not as many texts as were sent")
        return parts
