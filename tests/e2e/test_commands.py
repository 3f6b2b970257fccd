"""Every command in the real program, bare and with what people write behind it."""

from pathlib import Path

from storage.engine import open_storage
from tests.databases import rows_with
from tests.e2e.rig import ADA, BEN, CHANNEL, GROUP, Rig

LOCALES = Path(__file__).parents[2] / "bot" / "rendering" / "locales"

WALK = (
    ("/start", "Hello Ada!"),
    ("/help", "What I can do"),
    ("/about", "Newsbell 0.1.0"),
    ("/privacy", "What is stored"),
    ("/list", "Nothing rings here yet"),
    ("/keywords", "Nothing rings here yet"),
    ("/names", "Nothing rings here yet"),
    ("/unsubscribe", "Nothing rings here yet"),
    ("/latest", "Talks resume"),
    ("/latest source:herald", "Nothing recent has source:herald"),
    ("/search", "Which words shall I look for?"),
    ("/search talks", "Talks resume"),
    ("/trends", "trends begin after three days"),
    ("/search herald", "Nothing has herald"),
    ("/search (talks", "never closed"),
    ("/why", "Reply to an alert with /why"),
    ("/why http://example.org/nowhere", "No source of this chat has brought"),
    ("/sources", "2 sources"),
    ("/status", "How fresh the news is"),
    ("/import", "Which file?"),
    ("/date", "All news articles on"),
    ("/date 2022-01-09", "All news articles on 2022-01-09"),
    ("/date soon", "I cannot read that day"),
    ("/category", "which one?"),
    ("/category sport", "Sport"),
    ("/related", "Reply to an alert"),
    ("/channel", "Where shall I ring?"),
    ("/stop", "Delete everything about this chat?"),
    ("/sources add", "address behind it"),
    ("/sources add http://127.0.0.1:9/feed", "cannot be subscribed to"),
    ("/pause_sending", "I do not know"),
    ("/sbscribe NATO", "Did you mean /subscribe?"),
    ("/subscribe http://127.0.0.1:9/feed", "cannot be subscribed to"),
    ("/start sub_Geneva_talks", "Geneva talks: I ring when"),
    ("Geneva talks", "/subscribe Geneva talks"),
)


CHOICES = (
    ("/settings", "Settings of this chat"),
    ("/language", "Language: English"),
    ("/lang deutsch", "Ich spreche hier ab jetzt Deutsch"),
    ("/help", "Was ich kann"),
    ("/category wirtschaft", "Wirtschaft"),
    ("/language xx", "Sprache: Deutsch"),
    ("/language en", "I speak English"),
    ("/timezone", "Say a city"),
    ("/timezone berlin", "The clock of this chat is Europe/Berlin"),
    ("/timezone Belrin", "Did you mean Berlin"),
    ("/quiet", "Quiet hours: off"),
    ("/quiet 22:00-07:00", "Quiet from 22:00–07:00 (Europe/Berlin)"),
    ("/quiet off", "No quiet hours"),
    ("/digest", "Daily digest at: 08:00"),
    ("/digest daily 07:30", "one digest at 07:30"),
    ("/digest off", "Everything here rings at once"),
    ("/mute", "Mute: off"),
    ("/mute 2h", "Muted until"),
    ("/mute off", "It rings again"),
    ("/pause", "Paused: nothing rings"),
    ("/resume", "It rings again"),
)


async def test_every_choice_is_answered(rig: Rig) -> None:
    await rig.start()
    answered = [(await rig.ask(ADA, ADA, *row))["chat"]["id"] for row in CHOICES]
    assert answered == [ADA] * len(CHOICES)


async def test_every_command_answers(rig: Rig) -> None:
    rig.publisher.publish("daily", "Talks resume")
    await rig.start()
    await rig.publisher.polled("daily", 2)
    answered = [(await rig.ask(ADA, ADA, *row))["chat"]["id"] for row in WALK]
    assert answered == [ADA] * len(WALK)
    scopes = {scope: len(found) for scope, found in rig.world.commands.items()}
    spoken = ("", *(path.stem for path in LOCALES.glob("*.toml") if path.stem != "en"))
    assert scopes == {
        f"{scope}:{code}": count
        for code in spoken
        for scope, count in (
            ("all_private_chats", 29),
            ("all_group_chats", 15),
            ("all_chat_administrators", 29),
        )
    }


async def test_unsubscribe_by_number_by_words_and_by_reply_to_an_alert(rig: Rig) -> None:
    await rig.start()
    for query in ("derby", "ceasefire", "NATO"):
        await rig.ask(ADA, ADA, f"/subscribe {query}", f"{query}: I ring when")
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "Derby ends in a draw")
    alert = await rig.said(ADA, "Derby ends")
    await rig.ask(ADA, ADA, "/unsubscribe 2", "ceasefire rings no more")
    await rig.ask(ADA, ADA, "/unsub nato", "No subscription here is nato")
    await rig.ask(ADA, ADA, "/remove NATO", "NATO rings no more")
    await rig.ask(ADA, ADA, "/unsubscribe", "derby rings no more", reply_to=alert["message_id"])
    listed = await rig.ask(ADA, ADA, "/list", "Nothing rings here yet")
    assert listed["chat"]["id"] == ADA


async def test_a_card_from_the_list_changes_and_removes(rig: Rig) -> None:
    await rig.start()
    await rig.ask(GROUP, ADA, "/subscribe derby", "I ring when")
    listed = await rig.ask(GROUP, ADA, "/list@newsbell_bot", "1 subscription")
    await rig.press(GROUP, ADA, listed, "derby")
    card = rig.world.rooms[GROUP].messages[listed["message_id"]]
    number = card["text"].split("\n")[1].split(" ·")[0]
    await rig.press(GROUP, ADA, card, "Unsubscribe")
    removed = rig.world.rooms[GROUP].messages[listed["message_id"]]
    await rig.press(GROUP, ADA, removed, "Undo")
    assert (number, "I ring when" in removed["text"]) == ("Number 1", True)


async def test_a_feed_of_ones_own_rings_for_all_it_publishes(rig: Rig) -> None:
    rig.publisher.publish("mine", "Old")
    await rig.start()
    url = f"{rig.publisher.base}/feeds/mine"
    await rig.ask(ADA, ADA, f"/subscribe {url}", "mine: I ring when")
    await rig.publisher.polled("mine", 2)
    rig.publisher.publish("mine", "Anything at all")
    await rig.said(ADA, "Anything at all")
    assert rig.told(ADA, "🔔 mine\nOld") == []


async def test_why_an_alert_came_and_why_it_did_not(rig: Rig) -> None:
    await rig.start()
    await rig.ask(ADA, ADA, "/subscribe title:derby", "I ring when")
    await rig.ask(ADA, ADA, "/subscribe derby -draw", "I ring when")
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "Derby ends in a draw")
    alert = await rig.said(ADA, "Derby ends")
    await rig.publisher.polled("daily", 1)  # until then the alert is written down, too
    told = await rig.ask(ADA, ADA, "/why", "It rang because of", reply_to=alert["message_id"])
    assert "title:derby met “Derby” in the headline" in told["text"]
    await rig.ask(ADA, ADA, "/unsubscribe 1", "rings no more")
    link = next(one["url"] for one in alert["entities"] if one["type"] == "text_link")
    await rig.ask(ADA, ADA, f"/why {link}", "lacking: -draw")


async def test_search_is_turned_page_by_page(rig: Rig) -> None:
    for number in range(10):
        rig.publisher.publish("daily", f"Derby number {number}")
    await rig.start()
    await rig.publisher.polled("daily", 2)
    found = await rig.ask(ADA, ADA, "/search derby", "Derby number 9")
    await rig.press(ADA, ADA, found, "Older")
    older = rig.world.rooms[ADA].messages[found["message_id"]]["text"]
    assert ("Derby number 1" in older, "Derby number 9" in older) == (True, False)


async def test_the_dry_run_proposes_what_would_have_rung(rig: Rig) -> None:
    rig.publisher.publish("daily", "Sanctioned at last")
    await rig.start()
    await rig.publisher.polled("daily", 2)
    told = await rig.ask(ADA, ADA, "/subscribe sanctions geneva", "To hear more")
    assert "/subscribe sanctions (1 in 24 h)" in told["text"]


async def test_a_page_offers_its_feeds(rig: Rig) -> None:
    rig.publisher.publish("mine", "Old")
    rig.publisher.publish("other", "Older")
    named = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/feeds/{one}">'
        for one in ("mine", "other")
    )
    rig.publisher.raw["front"] = f"<!doctype html><head>{named}</head>".encode()
    await rig.start()
    page = f"{rig.publisher.base}/feeds/front"
    offered = await rig.ask(ADA, ADA, f"/subscribe {page}", "several feeds")
    await rig.press(ADA, ADA, offered, "mine")
    await rig.said(ADA, "mine: I ring when")
    await rig.publisher.polled("mine", 2)
    rig.publisher.publish("mine", "Anything at all")
    await rig.said(ADA, "Anything at all")


async def test_quiet_hours_hold_in_the_real_program_and_urgent_ones_ring(rig: Rig) -> None:
    await rig.start()
    await rig.ask(GROUP, ADA, "/subscribe derby", "I ring when")
    await rig.ask(GROUP, ADA, "/subscribe ceasefire", "I ring when")
    listed = await rig.ask(GROUP, ADA, "/list", "2 subscriptions")
    await rig.press(GROUP, ADA, listed, "ceasefire")
    await rig.press(GROUP, ADA, listed, "Urgent")
    await rig.ask(GROUP, ADA, "/quiet 00:00-23:59", "Quiet from")
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "Derby ends in a draw")
    rig.publisher.publish("daily", "A ceasefire at last")
    await rig.said(GROUP, "A ceasefire at last")
    assert rig.told(GROUP, "Derby ends") == []
    await rig.ask(GROUP, ADA, "/quiet off", "No quiet hours")
    await rig.said(GROUP, "Derby ends")


async def test_settings_are_one_card_that_administrators_change(rig: Rig) -> None:
    await rig.start()
    shown = await rig.ask(GROUP, ADA, "/settings", "Settings of this chat")
    number = shown["message_id"]

    def labels() -> str:
        rows = rig.world.rooms[GROUP].messages[number]["reply_markup"]["inline_keyboard"]
        return " ".join(one["text"] for row in rows for one in row)

    await rig.press(GROUP, ADA, shown, "Quiet hours")
    await rig.press(GROUP, ADA, shown, "22:00–07:00")
    await rig.press(GROUP, ADA, shown, "Alerts a day")
    await rig.press(GROUP, ADA, shown, "25")
    refused = await rig.press(GROUP, BEN, shown, "Pictures")
    assert ("22:00–07:00" in labels(), "Alerts a day: 25" in labels()) == (True, True)
    assert refused["text"] == "Only administrators may do that."


async def test_the_menu_under_an_alert_serves_administrators(rig: Rig) -> None:
    await rig.start()
    await rig.ask(GROUP, ADA, "/subscribe derby", "I ring when")
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "Derby ends in a draw", "A long report from the ground.")
    alert = await rig.said(GROUP, "Derby ends")
    refused = await rig.press(GROUP, BEN, alert, "⋯")
    await rig.press(GROUP, ADA, alert, "⋯")
    shown = rig.world.rooms[GROUP].messages[alert["message_id"]]
    labels = [row[0]["text"] for row in shown["reply_markup"]["inline_keyboard"]]
    share = shown["reply_markup"]["inline_keyboard"][3][0]["url"]
    brief = await rig.press(GROUP, ADA, shown, "Headlines only")
    muted = await rig.press(GROUP, ADA, shown, "Mute")
    await rig.press(GROUP, ADA, shown, "Back")
    back = rig.world.rooms[GROUP].messages[alert["message_id"]]["reply_markup"]
    assert refused["text"] == "Only administrators may do that."
    assert (len(labels), share.startswith("https://t.me/share/url?url=")) == (6, True)
    assert (brief["text"], muted["text"].split(".")[0]) == (
        "Headlines only from now on.",
        "Muted here",
    )
    assert [one["text"] for one in back["inline_keyboard"][0]] == ["Open", "Related", "⋯"]
    await rig.publisher.polled("daily", 1)
    rig.publisher.publish("daily", "Derby again")
    await rig.publisher.polled("daily", 3)
    assert rig.told(GROUP, "Derby again") == []


async def test_you_may_like_and_a_day_of_the_paper(rig: Rig) -> None:
    await rig.start()
    await rig.ask(ADA, ADA, "/subscribe derby", "I ring when")
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "Striker of Genoa calm before the match")
    rig.publisher.publish("daily", "Derby in Genoa: the striker scores twice")
    alert = await rig.said(ADA, "Derby in Genoa")
    await rig.publisher.polled("daily", 1)  # until then the alert is written down, too
    await rig.ask(ADA, ADA, "/related", "Striker of Genoa", reply_to=alert["message_id"])
    await rig.press(ADA, ADA, alert, "Related")
    await rig.said(ADA, "You may like")
    day = await rig.ask(ADA, ADA, "/date today", "Derby in Genoa")
    await rig.press(ADA, ADA, day, "‹")
    earlier = rig.world.rooms[ADA].messages[day["message_id"]]["text"]
    assert "Derby in Genoa" not in earlier


async def traces(rig: Rig, person: int, folder: Path) -> list[str]:
    """Where this number is found: files of SQLite, or columns of PostgreSQL."""
    url = rig.settings["DATABASE_URL"]
    if not url.startswith("sqlite"):
        async with open_storage(url) as database:
            return sorted(await rows_with(database, person))
    marks = (person.to_bytes(6, "big"), str(person).encode())
    files = [one for one in folder.glob("newsbell.db*") if has_one(one, marks)]
    return [one.name for one in files]


def has_one(file: Path, marks: tuple[bytes, ...]) -> bool:
    return any(mark in file.read_bytes() for mark in marks)


async def test_forget_leaves_no_byte_and_begins_anew(rig: Rig, tmp_path: Path) -> None:
    eve = rig.world.person(7_316_592_804_371, "Eve")
    await rig.start()
    await rig.ask(eve, eve, "/subscribe derby", "I ring when")
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "Derby ends in a draw")
    await rig.said(eve, "Derby ends")
    await rig.ask(eve, eve, "/search", "Which words")
    before = await traces(rig, eve, tmp_path)
    asked = await rig.ask(eve, eve, "/forget", "Delete everything")
    await rig.press(eve, eve, asked, "Yes")
    left = await traces(rig, eve, tmp_path)
    rig.publisher.publish("daily", "Derby again")
    await rig.publisher.polled("daily", 3)
    assert (len(before) > 0, left, rig.told(eve, "Derby again")) == (True, [], [])
    await rig.ask(eve, eve, "/list", "Nothing rings here yet")


async def test_an_invited_bot_answers_whom_the_operator_lets_in(rig: Rig) -> None:
    rig.settings |= {"ACCESS": "allowlist", "ADMIN_USER_IDS": str(ADA)}
    await rig.start()
    await rig.ask(BEN, BEN, "/start", f"your number is {BEN}")
    await rig.ask(ADA, ADA, f"/ban off {BEN}", f"{BEN} is answered")
    await rig.ask(BEN, BEN, "/start", "Hello Ben!")
    await rig.ask(ADA, ADA, "/broadcast Back in an hour <b>", "Everybody is told")
    assert [len(rig.told(one, "Back in an hour <b>")) for one in (ADA, BEN)] == [1, 1]
    await rig.ask(ADA, ADA, f"/ban {BEN}", "not answered any more")
    before = len(rig.told(BEN))
    rig.world.say(BEN, BEN, "/start")
    await rig.ask(ADA, ADA, "/about", "Newsbell")
    assert len(rig.told(BEN)) == before


async def test_inline_mode_offers_stories_to_share_in_any_chat(rig: Rig) -> None:
    link = rig.publisher.publish("daily", "Talks <resume>", "In Geneva, on Monday.")
    rig.publisher.publish("daily", "Rain in the north")
    await rig.start()
    await rig.publisher.polled("daily", 2)
    asked = [rig.world.ask_inline(ADA, words) for words in ("talks", "", '"half a', "zebra")]
    await rig.world.until(lambda: set(asked) <= rig.world.offers.keys(), 20)
    some, every, half, none = (rig.world.offers[one] for one in asked)
    assert [one["title"] for one in some] == ["Talks <resume>"]
    content = some[0]["input_message_content"]
    assert (link in content["message_text"], content["parse_mode"]) == (True, "HTML")
    assert [len(found) for found in (every, half, none)] == [2, 0, 0]


async def test_a_channel_picked_in_the_private_chat_rings(rig: Rig) -> None:
    await rig.start()
    await rig.ask(ADA, ADA, "/channel", "Where shall I ring?")
    rig.world.share_chat(ADA, 1, CHANNEL)
    card = await rig.said(ADA, "Wire: 0 subscriptions")
    await rig.press(ADA, ADA, card, "Add")
    asked = await rig.said(ADA, "ring for in Wire")
    await rig.ask(ADA, ADA, "derby", "I ring when", reply_to=asked["message_id"])
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "Derby ends in a draw")
    await rig.said(CHANNEL, "Derby ends")
    assert rig.told(ADA, "Derby ends") == []
