"""DeepL: `POST /v2/translate` (its API reference)."""

import httpx

from bot.translation.errors import answered, texts_of

TARGETS = {"en": "EN-US", "pt": "PT-PT", "zh": "ZH-HANS", "no": "NB"}
SOURCES = {"no": "NB"}


class DeepL:
    """`ports.Engine`. A text counts as it is: no markup is sent."""

    name = "DeepL"
    free = False
    metered = True

    def __init__(self, client: httpx.AsyncClient, base: str, key: str | None) -> None:
        self._client = client
        self._base = base.rstrip("/")
        self._headers = {"Authorization": f"DeepL-Auth-Key {key or ''}"}

    async def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        """See `ports.Engine`."""
        body = {
            "text": list(texts),
            "source_lang": SOURCES.get(source, source.upper()),
            "target_lang": TARGETS.get(target, target.upper()),
        }
        address = f"{self._base}/v2/translate"
        found = await answered(self._client.post(address, json=body, headers=self._headers))
        said = found.get("translations") if isinstance(found, dict) else None
        every = [one.get("text") for one in said] if isinstance(said, list) else None
        return texts_of(every, len(texts))
