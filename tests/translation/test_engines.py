"""Engines before recorded answers: what they are asked, what follows from each answer."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from bot.domain.errors import TranslationError
from bot.domain.ports import Engine
from bot.translation.apertium import Apertium
from bot.translation.engines import engines_of, open_client

LIST = [
    {"code": "en", "name": "English", "targets": ["de", "en", "zh-Hans"]},
    {"code": "de", "name": "German", "targets": ["de", "en"]},
    {"code": "zh-Hans", "name": "Chinese", "targets": ["en"]},
]
TEXTS = ("NATO warnt Russland.", "Genf")
Answer = Callable[[httpx.Request], httpx.Response]


def engine(url: str, answer: Answer, key: str | None = "secret") -> tuple[Engine, list[Any]]:
    """The engine at `url`, whose server answers so; and the requests it gets."""
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/languages"):
            return httpx.Response(200, json=LIST)
        asked.append(request)
        return answer(request)

    client = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    (made,) = engines_of([url], key, client)
    return made, asked


def says(status: int, body: Any, **headers: str) -> Answer:
    if isinstance(body, str):
        return lambda _: httpx.Response(status, text=body, headers=headers)
    return lambda _: httpx.Response(status, json=body, headers=headers)


LIBRE = "libretranslate+http://libre:5000"
DEEPL = "deepl+https://api.deepl.example"
AI = "openai+http://local:11434/v1?model=gemma"
APY = "apertium+http://apy:2737"


async def test_libretranslate_is_asked_in_one_batch_by_its_own_codes_and_never_for_auto() -> None:
    made, asked = engine(LIBRE, says(200, {"translatedText": ["NATO warns Russia.", "Geneva"]}))
    assert await made.translate(TEXTS, "de", "en") == ("NATO warns Russia.", "Geneva")
    assert json.loads(asked[0].content) == {
        "q": list(TEXTS), "source": "de", "target": "en", "format": "text", "api_key": "secret",
    }  # fmt: skip
    await made.translate(TEXTS, "en", "zh")
    assert json.loads(asked[1].content)["target"] == "zh-Hans"


async def test_deepl_is_asked_with_its_header_and_codes() -> None:
    said = {"translations": [{"text": "NATO warns Russia."}, {"text": "Geneva"}]}
    made, asked = engine(DEEPL, says(200, said))
    assert await made.translate(TEXTS, "de", "en") == ("NATO warns Russia.", "Geneva")
    assert asked[0].headers["authorization"] == "DeepL-Auth-Key secret"
    assert json.loads(asked[0].content)["target_lang"] == "EN-US"


async def test_a_model_is_given_the_texts_as_data_and_thinking_before_the_answer_is_skipped() -> (
    None
):
    content = 'Let me think. {"texts": ["NATO warns Russia.", "Geneva"]} Done.'
    made, asked = engine(AI, says(200, {"choices": [{"message": {"content": content}}]}))
    assert await made.translate(TEXTS, "de", "en") == ("NATO warns Russia.", "Geneva")
    body = json.loads(asked[0].content)
    assert (asked[0].url.path, body["model"], body["temperature"]) == (
        "/v1/chat/completions",
        "gemma",
        0,
    )
    assert json.loads(body["messages"][1]["content"]) == list(TEXTS)


async def test_each_engine_is_told_its_own_key_where_there_are_as_many() -> None:
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        known = {"/languages": LIST, "/translate": {"translatedText": ["Geneva"]}}
        return httpx.Response(
            200, json=known.get(request.url.path, {"translations": [{"text": "Geneva"}]})
        )

    client = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    for one in engines_of([LIBRE, DEEPL], "mine, yours", client):
        await one.translate(("Genf",), "de", "en")
    told = [f"{dict(one.headers)} {one.content.decode()}" for one in asked]
    assert [("mine" in text, "yours" in text) for text in told] == [
        (False, False),  # the list of languages
        (True, False),
        (False, True),
    ]


async def test_apertium_takes_several_texts_joined_by_blank_lines() -> None:
    said = {"responseData": {"translatedText": "The NATO warns.\n\nGeneva"}, "responseStatus": 200}
    made, asked = engine(APY, says(200, said))
    assert await made.translate(("La OTAN advierte.", "Ginebra"), "es", "en") == (
        "The NATO warns.",
        "Geneva",
    )
    form = parse_qs(asked[0].content.decode())
    assert (form["langpair"], form["markUnknown"]) == (["spa|eng"], ["no"])


@pytest.mark.parametrize(
    ("url", "status", "body", "kind"),
    [
        (LIBRE, 400, {"error": "xx is not supported"}, "unsupported"),
        (LIBRE, 400, {"error": "German (de) is not available as a target"}, "unsupported"),
        (LIBRE, 400, {"error": "Please contact the server operator to get a key"}, "refused"),
        (LIBRE, 403, {"error": "Invalid API key"}, "refused"),
        (LIBRE, 400, {"error": "request (501) exceeds text limit (500)"}, "too-large"),
        (LIBRE, 429, {"error": "Slowdown: 2 per 1 minute"}, "busy"),
        (LIBRE, 500, {"error": "no model"}, "failed"),
        (LIBRE, 405, "<html>no</html>", "failed"),
        (LIBRE, 200, "<html>captive portal</html>", "failed"),
        (LIBRE, 200, {"translatedText": "one for two"}, "failed"),
        (LIBRE, 200, {"translatedText": ["only one"]}, "failed"),
        (LIBRE, 200, {"translatedText": [1, 2]}, "failed"),
        (LIBRE, 200, ["no object"], "failed"),
        (DEEPL, 456, {"message": "Quota exceeded"}, "quota"),
        (DEEPL, 413, {"message": "too big"}, "too-large"),
        (DEEPL, 529, "overloaded", "failed"),
        (DEEPL, 200, {"translations": None}, "failed"),
        (AI, 200, {"choices": []}, "failed"),
        (AI, 200, {"choices": [{"message": {"content": "I cannot."}}]}, "failed"),
        (
            AI,
            200,
            {
                "choices": [
                    {"finish_reason": "length", "message": {"content": '{"texts": ["a", "b"]}'}}
                ]
            },
            "failed",
        ),
        (AI, 401, {"error": {"message": "bad key"}}, "refused"),
        (
            APY,
            400,
            {"status": "error", "explanation": "That pair is not installed"},
            "unsupported",
        ),
        (APY, 200, {"responseData": {"translatedText": "one part"}}, "failed"),
        (APY, 200, {"responseData": None}, "failed"),
    ],
)
async def test_every_answer_that_is_none_has_a_kind(
    url: str, status: int, body: Any, kind: str
) -> None:
    made, _ = engine(url, says(status, body))
    with pytest.raises(TranslationError) as caught:
        await made.translate(TEXTS, "de", "en")
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("trouble", "passing"),
    [
        (says(503, "starting"), True),
        (says(502, "<html>bad gateway</html>"), True),
        (says(500, {"error": "no model"}), False),
        (says(429, {"error": "slow"}), False),
        (httpx.ConnectError("refused"), True),
        (httpx.ReadError("reset"), True),
        (httpx.ReadTimeout("60 s"), False),
    ],
)
async def test_what_may_work_a_moment_later_is_told_from_what_will_not(
    trouble: Answer | httpx.HTTPError, passing: bool
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if isinstance(trouble, httpx.HTTPError):
            raise trouble
        return trouble(request)

    made, _ = engine(DEEPL, answer)
    with pytest.raises(TranslationError) as caught:
        await made.translate(TEXTS, "de", "en")
    assert caught.value.passing is passing


@pytest.mark.parametrize(
    ("url", "key", "metered"),
    [
        (LIBRE, None, False),
        (LIBRE, "k", True),
        (APY, "k", False),
        (DEEPL, "k", True),
        (AI, None, False),
        (AI, "k", True),
    ],
)
def test_what_has_a_price_or_a_key_counts(url: str, key: str | None, metered: bool) -> None:
    made, _ = engine(url, says(200, {}), key)
    assert made.metered is metered


async def test_a_wait_that_the_server_names_is_kept() -> None:
    made, _ = engine(LIBRE, says(429, {"error": "slow"}, **{"retry-after": "7"}))
    with pytest.raises(TranslationError) as caught:
        await made.translate(TEXTS, "de", "en")
    assert (caught.value.kind, caught.value.wait) == ("busy", 7.0)


async def test_a_server_that_is_down_is_a_failure_and_no_crash() -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    made, _ = engine(APY, down)
    with pytest.raises(TranslationError) as caught:
        await made.translate(TEXTS, "es", "en")
    assert caught.value.kind == "failed"


async def test_languages_that_libretranslate_lacks_cost_no_request() -> None:
    made, asked = engine(LIBRE, says(200, {}))
    with pytest.raises(TranslationError) as caught:
        await made.translate(TEXTS, "uk", "en")
    assert (caught.value.kind, asked) == ("unsupported", [])


@pytest.mark.parametrize(
    ("source", "text", "part"),
    [
        ("es", "La OTAN anuncia nuevas conversaciones con Rusia en Ginebra", "NATO"),
        ("ca", "L'OTAN adverteix Rússia abans de les converses de Ginebra", "NATO"),
        ("hr", "NATO upozorava Rusiju uoči razgovora u Ženevi", "Russia"),
    ],
)
async def test_a_real_apertium_translates_into_english(
    apy: str, source: str, text: str, part: str
) -> None:
    async with open_client() as client:
        title, again = await Apertium(client, apy).translate((text, text), source, "en")
    assert part in title
    assert title == again
