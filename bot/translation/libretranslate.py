"""LibreTranslate: `POST /translate` (shapes recorded in language.md, 1.4)."""

import httpx

from bot.domain.errors import TranslationError
from bot.domain.languages import primary
from bot.translation.errors import answered, texts_of


class LibreTranslate:
    """`ports.Engine`. Never asks for `auto`: where it lacks a language, that gives the source."""

    name = "LibreTranslate"
    free = True

    def __init__(self, client: httpx.AsyncClient, base: str, key: str | None) -> None:
        self._client = client
        self._base = base.rstrip("/")
        self._key = {"api_key": key} if key else {}
        self.metered = bool(key)  # whoever hands out keys may ask a price
        self._codes: dict[str, tuple[str, frozenset[str]]] = {}

    async def translate(self, texts: tuple[str, ...], source: str, target: str) -> tuple[str, ...]:
        """See `ports.Engine`."""
        ours = await self._code(source)
        theirs = (await self._code(target))[0]
        if theirs not in ours[1]:
            raise TranslationError("unsupported", f"{source} to {target} is not offered")
        body = {"q": list(texts), "source": ours[0], "target": theirs, "format": "text"}
        address = f"{self._base}/translate"
        found = await answered(self._client.post(address, json=body | self._key))
        said = found.get("translatedText") if isinstance(found, dict) else None
        return texts_of(said, len(texts))

    async def _code(self, language: str) -> tuple[str, frozenset[str]]:
        """Its own code for a language (zh is zh-Hans there, pt perhaps pt-BR), and its targets."""
        if not self._codes:
            await self._read_codes()
        known = self._codes.get(language)
        if known is None:
            raise TranslationError("unsupported", f"{language} is not offered")
        return known

    async def _read_codes(self) -> None:
        found = await answered(self._client.get(f"{self._base}/languages"))
        if not isinstance(found, list):
            raise TranslationError("failed", "its list of languages is none")
        for one in found:
            code = str(one.get("code", ""))
            known = (code, frozenset(map(str, one.get("targets", ()))))
            self._codes.setdefault(primary(code) or code, known)
