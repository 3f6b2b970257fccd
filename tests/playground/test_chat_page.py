"""The chat page: for this machine alone, and showing what people see in Telegram."""

from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Page, async_playwright
from starlette.applications import Starlette

from bot.playground.newsroom import Newsroom
from bot.playground.page import page_routes
from bot.playground.scene import CHANNEL, GROUP, OWNER, make_scene
from bot.playground.world import World
from bot.web.server import serve
from tests.builders import NOW
from tests.chromium import OPTIONS, chromium


@pytest.fixture
def world() -> World:
    return World(lambda: NOW)


@pytest.fixture
def pages(world: World) -> Starlette:
    return Starlette(routes=page_routes(world, make_scene(world), Newsroom([], NOW)))


@pytest.fixture
async def client(pages: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=pages)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as opened:
        yield opened


async def test_what_a_person_says_reaches_the_bot(client: httpx.AsyncClient, world: World) -> None:
    await client.post("/chat/say", json={"room": OWNER, "user": OWNER, "text": "/start"})
    assert [one["message"]["text"] for one in world.updates] == ["/start"]


async def test_another_host_name_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/chat", headers={"host": "evil.example.org"})
    assert answer.status_code == 403


async def test_another_site_may_not_act(client: httpx.AsyncClient, world: World) -> None:
    said = {"room": OWNER, "user": OWNER, "text": "/start"}
    headers = {"origin": "https://evil.example.org"}
    answer = await client.post("/chat/say", json=said, headers=headers)
    assert (answer.status_code, world.updates) == (403, [])


async def test_no_script_but_the_pages_own(client: httpx.AsyncClient) -> None:
    policy = (await client.get("/chat")).headers["content-security-policy"]
    assert "script-src 'self';" in policy


@pytest.fixture
async def page(pages: Starlette) -> AsyncIterator[Page]:
    """The page in Debian's Chromium."""
    program = chromium()
    async with serve(pages, "127.0.0.1", 0) as port, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, args=OPTIONS.split(), chromium_sandbox=False
        )
        opened = await browser.new_page()
        await opened.goto(f"http://127.0.0.1:{port}/chat")
        yield opened
        await browser.close()


async def test_in_a_browser_hostile_words_are_text_presses_arrive_edits_show(
    page: Page, world: World
) -> None:
    await page.click("#start")
    await page.wait_for_selector(".message.mine")
    room = world.rooms[OWNER]
    keyboard = {"inline_keyboard": [[{"text": "Undo", "callback_data": "v1:undo:1:0"}]]}
    hostile = "<img src=x onerror=alert(1)> NATO"
    content = {"text": hostile, "entities": [{"type": "bold", "offset": 29, "length": 4}]}
    message = world.bot_message(room, 0, None, content | {"reply_markup": keyboard})
    await page.wait_for_selector("text=onerror")
    shown = await page.inner_text(".message:not(.mine) .text")
    images = await page.locator("#log img").count()
    bold = await page.inner_text(".text b")
    await page.click(".row button")
    await world.until(lambda: bool(world.pressed))
    message["text"], message["entities"] = "edited words", []
    world.edited(room, message)
    await page.wait_for_selector("text=edited words")
    assert (shown, images, bold) == (hostile, 0, "NATO")
    assert [one["data"] for one in world.pressed.values()] == ["v1:undo:1:0"]


async def test_in_a_browser_a_chat_is_picked_and_links_to_the_bot_stay_inside(
    page: Page, world: World
) -> None:
    request = {"request_id": 1, "chat_is_channel": True}
    markup = {"keyboard": [[{"text": "Pick a channel", "request_chat": request}]]}
    await page.click("#start")
    await page.wait_for_selector(".message.mine")
    world.bot_message(world.rooms[OWNER], 0, None, {"text": "Where?", "client_markup": markup})
    await page.click("#keys button")
    await page.click("#menu button")
    await page.wait_for_selector("text=“Morning wire” was picked")
    url = "https://t.me/newsbell_bot?start=r_5"
    link = {"type": "text_link", "offset": 0, "length": 7, "url": url}
    group = world.rooms[GROUP]
    world.bot_message(group, 0, None, {"text": "Related", "entities": [link]})
    await page.click("text=News desk")
    await page.click(".text a")
    await world.until(lambda: world.updates[-1]["message"].get("text") == "/start r_5")
    shared = [one["message"].get("chat_shared") for one in world.updates]
    assert shared[1] == {"request_id": 1, "chat_id": CHANNEL, "title": "Morning wire"}
    assert world.updates[-1]["message"]["chat"]["id"] == OWNER
    assert await page.locator("#keys").is_hidden()
