"""Translation in the real program, by an engine whose every whim is the test's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.world import Json
from bot.web.server import serve
from tests.e2e.rig import ADA, Rig

WORDS = {
    "Gespräche über eine Waffenruhe haben am Montag begonnen": "Ceasefire talks began on Monday",
    "Die Nato tagt und spricht lange über die Zukunft": "NATO meets and talks about the future",
    "Die Nato schweigt heute zu allen neuen Vorwürfen": "t.me/free-money t.me/free-money",
}
CEASEFIRE, SLOW, HOSTILE = WORDS


class LibreTranslate:
    """Speaks LibreTranslate's contract for WORDS; `gate` holds back its answers."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()

    async def languages(self, _request: Request) -> Response:
        return JSONResponse([{"code": one, "targets": ["de", "en"]} for one in ("de", "en")])

    async def translate(self, request: Request) -> Response:
        texts = (await request.json())["q"]
        await self.gate.wait()
        return JSONResponse({"translatedText": [WORDS[text] for text in texts]})


@asynccontextmanager
async def engine(rig: Rig) -> AsyncIterator[LibreTranslate]:
    libre = LibreTranslate()
    routes = [
        Route("/languages", libre.languages),
        Route("/translate", libre.translate, methods=["POST"]),
    ]
    async with serve(Starlette(routes=routes), "127.0.0.1", 0) as port:
        rig.settings["TRANSLATE_URL"] = f"libretranslate+http://127.0.0.1:{port}"
        yield libre
        libre.gate.set()


async def test_a_phrase_in_english_finds_a_german_article_where_that_is_chosen(rig: Rig) -> None:
    async with engine(rig):
        await rig.start()
        await rig.ask(ADA, ADA, "/subscribe ceasefire talks", "I ring")
        card = await rig.ask(ADA, ADA, "/settings", "Settings of this chat")
        await rig.press(ADA, ADA, card, "Match translations: off")
        await rig.press(ADA, ADA, card, "on")
        await rig.publisher.polled("daily", 2)
        rig.publisher.publish("daily", CEASEFIRE)
        alert = await rig.said(ADA, "🔔 ceasefire talks")
        why = await why_of(rig, alert["message_id"])
    assert alert["text"].splitlines()[1] == "Ceasefire talks began on Monday"
    assert "translated from German by LibreTranslate" in alert["text"]
    assert "in the translation" in why["text"]


async def why_of(rig: Rig, message: int) -> Json:
    """What /why says of an alert; asked again, as people would, until it is written down."""
    for _ in range(20):
        told = await rig.ask(ADA, ADA, "/why", "", reply_to=message)
        if "It rang" in told["text"]:
            return told
    raise AssertionError(told["text"])


async def test_a_slow_engine_holds_an_alert_ten_seconds_and_a_hostile_one_changes_nothing(
    rig: Rig,
) -> None:
    async with engine(rig) as libre:
        await rig.start()
        await rig.ask(ADA, ADA, "/subscribe NATO", "I ring")
        await rig.publisher.polled("daily", 2)
        libre.gate.clear()
        rig.publisher.publish("daily", SLOW)
        slow = await rig.said(ADA, SLOW)
        first = slow["text"].splitlines()[1]
        libre.gate.set()
        await rig.world.until(lambda: WORDS[SLOW] in slow["text"], 25)
        rig.publisher.publish("daily", HOSTILE)
        hostile = await rig.said(ADA, HOSTILE)
    assert (first, slow["text"].splitlines()[1]) == (SLOW, WORDS[SLOW])
    assert "t.me" not in hostile["text"]
    assert len(rig.told(ADA, "🔔 NATO")) == 2
