"""`newsbell check`: what works, of all that a start would need, one line each."""

from dataclasses import dataclass
from importlib.resources import files

from telegram import Bot
from telegram.error import TelegramError

from bot.config import Settings, describe
from bot.domain.errors import OpmlError, StorageError
from bot.sources.opml import read_opml
from storage.engine import open_storage


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it works, and what there is to know."""

    works: bool
    about: str
    detail: str

    def __str__(self) -> str:
        return f"{'ok ' if self.works else 'BAD'}  {self.about}: {self.detail}"


async def check(settings: Settings) -> int:
    """Print the settings and what works; 0 if all does, else 1."""
    findings = [
        *(Finding(works=True, about="setting", detail=line) for line in describe(settings)),
        await _database(settings),
        await _telegram(settings),
        _sources(settings),
        _translation(settings),
    ]
    print("\n".join(map(str, findings)))
    return 0 if all(one.works for one in findings) else 1


async def _database(settings: Settings) -> Finding:
    try:
        async with open_storage(settings.database_url) as database:
            wrong = await database.ping()
    except StorageError as error:
        return Finding(works=False, about="database", detail=str(error).splitlines()[0])
    return Finding(
        works=wrong is None, about="database", detail=wrong or "opens, tables are there"
    )


async def _telegram(settings: Settings) -> Finding:
    token = settings.telegram_bot_token
    if token is None:
        return Finding(works=True, about="Telegram", detail="no token: `run` is the playground")
    api = settings.telegram_api_url
    base = f"{api}/bot" if api else "https://api.telegram.org/bot"
    try:
        async with Bot(token.get_secret_value(), base_url=base) as bot:
            return Finding(works=True, about="Telegram", detail=f"answers to @{bot.username}")
    except TelegramError as error:
        return Finding(works=False, about="Telegram", detail=f"{error}")


def _sources(settings: Settings) -> Finding:
    path = settings.sources_file
    shipped = files("bot.sources").joinpath("catalogue.opml")
    try:
        found = read_opml(path.read_bytes() if path else shipped.read_bytes())
    except (OSError, OpmlError) as error:
        return Finding(works=False, about="sources", detail=f"{path}: {error}")
    languages = len({one.language for one in found if one.language})
    return Finding(works=True, about="sources", detail=f"{len(found)} in {languages} languages")


def _translation(settings: Settings) -> Finding:
    if settings.translate_url:
        detail = f"{len(settings.translate_url)} engine(s) named; this version does not translate"
        return Finding(works=True, about="translation", detail=detail)
    detail = "no engine: alerts come in the language of the article"
    return Finding(works=True, about="translation", detail=detail)
