"""The names of a subscription, from the buttons to the bell, in the real program."""

from tests.e2e.rig import ADA, BEN, GROUP, Rig


async def test_names_are_switched_off_and_added_by_taps_and_the_bell_obeys(rig: Rig) -> None:
    rig.settings["NEWS_LANGUAGES"] = "all"
    await rig.start()
    await rig.ask(ADA, ADA, "/subscribe NATO", "I ring")
    await rig.publisher.polled("daily", 2)
    listed = await rig.ask(ADA, ADA, "/list", "1 subscription")
    await rig.press(ADA, ADA, listed, "NATO")
    await rig.press(ADA, ADA, listed, "Names")
    await rig.press(ADA, ADA, listed, "✅ OTAN")
    await rig.press(ADA, ADA, listed, "A name for NATO")
    question = await rig.said(ADA, "What else is NATO called?")
    await rig.ask(ADA, ADA, "Bündnis", "its names", reply_to=question["message_id"])
    rig.publisher.publish("daily", "L'OTAN se réunit à Paris pour parler de la sécurité", "")
    rig.publisher.publish("daily", "Das Bündnis tagt heute in der Hauptstadt Berlin", "")
    alert = await rig.said(ADA, "Das Bündnis tagt")
    why = await rig.ask(ADA, ADA, "/why", "It rang because of", reply_to=alert["message_id"])
    await rig.publisher.polled("daily", 2)
    assert "bundnis met “Bündnis”" in why["text"]
    assert rig.told(ADA, "L'OTAN se réunit") == []


async def test_in_a_group_administrators_alone_edit_names(rig: Rig) -> None:
    await rig.start()
    await rig.ask(GROUP, ADA, "/subscribe NATO", "I ring")
    await rig.ask(GROUP, BEN, "/names 1 Bund", "Only administrators")
    shown = await rig.ask(GROUP, ADA, "/names 1", "its names")
    event = await rig.press(GROUP, BEN, shown, "✅ OTAN")
    assert event["text"] == "Only administrators may do that."
