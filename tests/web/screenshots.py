"""Pictures of the paper for the README: `make screenshots`, over the demo paper."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.async_api import Browser, ViewportSize, async_playwright

from bot.web.server import serve
from storage.engine import open_storage
from tests.builders import NOW
from tests.chromium import OPTIONS, chromium
from tests.web.demo import pages_of, publish

DOCS = Path(__file__).parents[2] / "docs"
PHONE: ViewportSize = {"width": 390, "height": 844}
SHOTS: tuple[tuple[str, str, Literal["light", "dark"]], ...] = (
    ("paper-front", "/", "light"),
    ("paper-date", "/date/2022-01-09", "dark"),
    ("paper-story", "/story/{top}", "light"),
    ("paper-trends", "/trends", "dark"),
)


@asynccontextmanager
async def demo_paper() -> AsyncIterator[tuple[Browser, str, int]]:
    """A browser, the demo paper's address, and the story that most outlets tell."""
    with TemporaryDirectory() as folder:
        async with open_storage(f"sqlite+aiosqlite:///{folder}/demo.db") as database:
            await publish(database)
            async with database.read() as tx:
                (top,) = await tx.articles.top(0, NOW - timedelta(days=1), 1)
            async with (
                serve(await pages_of(database), "127.0.0.1", 0) as port,
                async_playwright() as playwright,
            ):
                browser = await playwright.chromium.launch(
                    executable_path=chromium(), args=OPTIONS.split()
                )
                yield browser, f"http://127.0.0.1:{port}", top.story
                await browser.close()


async def take(folder: Path) -> None:
    """Take them all."""
    async with demo_paper() as (browser, base, top):
        for name, path, scheme in SHOTS:
            page = await browser.new_page(
                viewport=PHONE, color_scheme=scheme, device_scale_factor=1
            )
            await page.goto(base + path.format(top=top))
            await page.screenshot(path=folder / f"{name}.png")
            await page.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1]) if sys.argv[1:] else DOCS))
