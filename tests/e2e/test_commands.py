"""Every command in the real program, bare and with what people write behind it."""

from tests.e2e.rig import ADA, GROUP, Rig

WALK = (
    ("/start", "Hello Ada!"),
    ("/help", "What I can do"),
    ("/about", "Newsbell 0.1.0"),
    ("/privacy", "What is stored"),
    ("/list", "Nothing rings here yet"),
    ("/keywords", "Nothing rings here yet"),
    ("/unsubscribe", "Nothing rings here yet"),
    ("/latest", "Talks resume"),
    ("/latest source:herald", "Nothing recent has source:herald"),
    ("/sources", "2 sources"),
    ("/status", "How fresh the news is"),
    ("/sbscribe NATO", "Did you mean /subscribe?"),
    ("/subscribe http://127.0.0.1:9/feed", "cannot be subscribed to"),
    ("/start sub_Geneva_talks", "Geneva talks: I ring when"),
    ("Geneva talks", "/subscribe Geneva talks"),
)


async def test_every_command_answers(rig: Rig) -> None:
    rig.publisher.publish("daily", "Talks resume")
    await rig.start()
    await rig.publisher.polled("daily", 2)
    answered = [(await rig.ask(ADA, ADA, *row))["chat"]["id"] for row in WALK]
    assert answered == [ADA] * len(WALK)
    scopes = {scope: len(found) for scope, found in rig.world.commands.items()}
    assert scopes == {
        "all_private_chats:": 10,
        "all_group_chats:": 8,
        "all_chat_administrators:": 10,
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
