"""A full run at DEBUG with canaries for secrets: none is found in anything that leaves (K1-K4)."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import make_url

from bot.playground.faults import Failure, Fault
from bot.playground.world import Json
from bot.web.webhook import HEADER, path_of
from tests.e2e.rig import ADA, GROUP, TOKEN, Rig

CANARIES = {
    "TELEGRAM_WEBHOOK_SECRET": "canaryhook_0123456789abcdef",
    "TRANSLATE_API_KEY": "canarykey-0123456789abcdef",
}
FEED = "canaryfeed0123456789"
WRONG = "canarywrong0123456789"
DATABASE = "canarydatabase"
PAGES = ("/", "/status", "/metrics", "/healthz", "/readyz", "/trends", "/search?q=talks")


async def run_through(rig: Rig) -> None:
    """Commands, alerts, translation, faults of Telegram, a forged update, an export."""
    url = f"{rig.publisher.base}/feeds/mine?api_key={FEED}"
    rig.publisher.publish("mine", "Conversaciones sobre la paz en Ginebra")
    await rig.ask(GROUP, ADA, f"/subscribe {url}", "I ring when")
    await rig.publisher.polled("mine", 2)
    fault = Fault("sendMessage", Failure.STATUS, GROUP, 1, 500, "<html>bad gateway</html>")
    rig.world.faults.append(fault)
    rig.publisher.publish("mine", "Las conversaciones empiezan hoy en la ciudad de Ginebra")
    await rig.said(GROUP, "Las conversaciones")
    rig.publisher.raw["mine"] = b"<html>no feed any more</html>"
    await rig.publisher.polled("mine", 2)
    for command, answer in (
        ("/list", "1 subscription"),
        ("/sources", "sources"),
        ("/status", "How fresh"),
        ("/subscribe http://canaryuser:canarypw@127.0.0.1/x", "cannot be subscribed to"),
    ):
        await rig.ask(GROUP, ADA, command, answer)
    rig.world.say(GROUP, ADA, "/export")
    await rig.world.until(lambda: len(rig.world.files._data) >= 2)


async def seen_from_outside(port: str) -> str:
    """The pages, and the answer to an update with a wrong secret."""
    path = path_of(CANARIES["TELEGRAM_WEBHOOK_SECRET"])
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        forged = await client.post(path, json={"update_id": 1}, headers={HEADER: WRONG})
        answers = [await client.get(page) for page in PAGES]
    assert forged.status_code == 403
    return "".join(one.text + str(one.headers) for one in (forged, *answers))


def own_words(message: Json) -> str:
    """A message of the bot without what it replies to."""
    return str({key: value for key, value in message.items() if key != "reply_to_message"})


def core_dumps(rig: Rig) -> str | None:
    """How large a core dump of the program may be; None where the system does not say."""
    limits = Path(f"/proc/{rig.process.pid if rig.process else 0}/limits")
    if not limits.exists():
        return None
    (line,) = (one for one in limits.read_text().splitlines() if "core file" in one)
    return line.split()[4]


@pytest.mark.parametrize("rig", [("postgresql", "webhook")], indirect=True)
async def test_k1_k2_no_secret_is_in_logs_messages_files_and_pages(
    rig: Rig, tmp_path: Path
) -> None:
    with_password = make_url(rig.settings["DATABASE_URL"]).set(password=DATABASE)
    rig.settings |= CANARIES | {
        "DATABASE_URL": with_password.render_as_string(hide_password=False),
        "TRANSLATE_URL": f"libretranslate+{rig.publisher.base}",
        "LOG_LEVEL": "DEBUG",
    }
    log_file = tmp_path / "log"
    with log_file.open("wb") as rig.log:
        await rig.start()
    await run_through(rig)
    pages = await seen_from_outside(rig.settings["WEB_PORT"])
    dumps = core_dumps(rig)
    await rig.stop()
    log = log_file.read_text()
    told = " ".join(map(own_words, rig.told(GROUP)))
    files = b"".join(rig.world.files._data.values()).decode()
    secrets = (TOKEN, *CANARIES.values(), FEED, WRONG, DATABASE, "canarypw")
    leaks = {
        f"{where}: {secret}"
        for where, text in (("log", log), ("chat", told), ("files", files), ("pages", pages))
        for secret in secrets
        if secret in text
    }
    assert ("DEBUG" in log, "not-a-feed" in log, len(pages) > 1_000) == (True, True, True)
    assert leaks == set()
    assert dumps in ("0", None)
