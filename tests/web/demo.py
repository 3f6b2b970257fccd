"""A paper to look at: the gold set of stories, told by invented outlets within a week."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette

from bot.domain.model import Article, Section
from bot.domain.ports import CatalogueEntry
from bot.names.table import shipped_names
from bot.services.front import FrontPage
from bot.services.read import Reader
from bot.services.storytelling import Storytelling
from bot.services.trending import Trending
from bot.web.paper import Paper
from bot.web.sheets import Frame, open_templates
from bot.web.status import StatusPages
from bot.web.trends import TrendsPage
from storage.engine import Database
from tests.builders import NOW, make_article
from tests.fakes import FakeClock

GOLD = Path(__file__).parents[1] / "data" / "stories.txt"
OUTLETS = {
    "en": ("The Demo Courier", "Harbour Times", "The Paper Lantern", "Northern Post"),
    "de": ("Demo Morgenblatt", "Neue Musterzeitung", "Tagesmuster"),
    "fr": ("Le Petit Messager", "La Feuille", "Le Quotidien d’Essai"),
    "es": ("El Faro de Papel", "La Gaceta de Muestra", "Diario Ejemplo"),
    "ru": ("Демо-Вестник", "Образцовая газета", "Пример"),
    "zh": ("示例日报", "样报", "试刊"),
}
SECTIONS = {
    Section.POLITICS: "b6 b7 c3 c4 d1 d2 g3 h5 h6 i2 i3 i4 f1 l1 l2 o7 o8 r1 r4 h2 h3",
    Section.BUSINESS: "b1 b2 c5 c6 c7 q1 q2 l4 n2 n3 g6 g8 j3 f2",
    Section.TECHNOLOGY: "q3 q4 q5 m4 k9",
    Section.SCIENCE: "a8 p1 p2 p3 n5 i6",
    Section.HEALTH: "b3 b4 b5 p4 p5 p6 p7 p8 l3 f3 f5 k3",
    Section.SPORT: "a5 a6 b8 e3 e4 e5 e6 e7 i5 j4 j5 k1 k2 s2 s3 s4",
    Section.CULTURE: "d3 n4 n6 n7 h4 f4",
}
_OF = {code: section for section, codes in SECTIONS.items() for code in codes.split()}
TODAY = ("a1", "a2", "a5", "b1", "a8", "c5", "c6", "a9", "d3", "p4", "j3", "h2", "i5", "l1")
"""Stories of the last day; the others came before, one day after the other."""


@dataclass(frozen=True, slots=True)
class _Line:
    code: str
    language: str
    title: str
    summary: str


def lines() -> list[_Line]:
    """The gold set: what came before, then today's stories, outlet after outlet."""
    texts = [line for line in GOLD.read_text("utf-8").splitlines() if not line.startswith("#")]
    rows = [
        _Line(code.partition("@")[0], *rest) for code, *rest in (t.split(" | ") for t in texts)
    ]
    told: Counter[str] = Counter()
    turns = {}
    for one in rows:
        turns[one] = told[one.code]
        told[one.code] += 1
    today = sorted((one for one in rows if one.code in TODAY), key=lambda one: turns[one])
    return [one for one in rows if one.code not in TODAY] + today


def articles(ids: dict[str, int]) -> Iterator[Article]:
    """The articles, oldest first, of the sources with these ids: one in half an hour."""
    every = lines()
    for number, one in enumerate(every):
        seen = NOW - timedelta(minutes=31 * (len(every) - number))
        outlets = OUTLETS[one.language]
        yield make_article(
            source=ids[outlets[number % len(outlets)]], key=f"demo-{number}", title=one.title,
            summary=one.summary, language=one.language, seen=seen, published=seen,
            link=f"https://news.example.org/{number}", section=_OF.get(one.code, Section.WORLD),
        )  # fmt: skip


async def publish(database: Database) -> None:
    """Store the demo paper."""
    stories = Storytelling(shipped_names(), timedelta(days=3_650))
    async with database.write() as tx:
        ids: dict[str, int] = {}
        for language, outlets in OUTLETS.items():
            for name in outlets:
                url = f"https://{len(ids)}.example.org/feed"
                entry = CatalogueEntry(url=url, title=name, language=language)
                ids[name] = (await tx.sources.add(entry, None, NOW)).id
        for one in articles(ids):
            for kept in await stories.keep(tx, [one], await stories.sketches([one]), one.seen):
                await tx.stories.joined(kept, one.seen)


async def pages_of(database: Database) -> Starlette:
    """The paper's pages over a database, at the moment NOW."""
    frame, clock, names = Frame(open_templates()), FakeClock(), shipped_names()
    trending, reader = Trending(database, clock, names), Reader(database, clock, names=names)
    await trending.tick()
    paper = Paper(reader, FrontPage(database, clock), trending, frame)
    status, trends = StatusPages(database, clock, frame), TrendsPage(trending, frame)
    return Starlette(routes=[*paper.routes(), *status.routes(), *trends.routes()])
