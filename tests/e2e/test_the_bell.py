"""From a source to an alert in the chat, with the real program as a process."""

import asyncio
from itertools import pairwise

import pytest

from bot.playground.faults import Failure, Fault
from tests.e2e.rig import ADA, BEN, CHANNEL, GROUP, Rig


async def test_a_subscription_rings_once_with_headline_lede_source_time_and_link(rig: Rig) -> None:
    rig.publisher.publish("daily", "NATO was here before")
    await rig.start()
    await rig.publisher.polled("daily", 2)
    await rig.ask(ADA, ADA, "/subscribe NATO", "I ring when it is in the news")
    link = rig.publisher.publish(
        "daily",
        "NATO & Russia <meet>",
        "Delegates meet in <b>Geneva</b>.",
        pubDate="Sun, 09 Jan 2022 10:57:14 GMT",
    )
    alert = await rig.said(ADA, "NATO & Russia")
    await rig.publisher.polled("daily", 3)
    assert alert["text"] == (
        "🔔 NATO\nNATO & Russia <meet>\nDelegates meet in Geneva.\n"
        "The Daily · 9 Jan 2022, 10:57 UTC"
    )
    assert [one["url"] for one in alert["entities"] if one["type"] == "text_link"] == [link]
    assert alert["reply_markup"]["inline_keyboard"][0][0]["url"] == link
    assert len(rig.told(ADA, "🔔 NATO\n")) == 1


async def test_a_dry_run_tells_what_would_have_rung(rig: Rig) -> None:
    rig.publisher.publish("daily", "Talks resume", "Envoys land in Geneva.")
    await rig.start()
    await rig.publisher.polled("daily", 2)
    answer = await rig.ask(ADA, ADA, "/subscribe Geneva talks", "1 article in the last 24 h")
    assert "Talks resume" in answer["text"]


async def test_undo_under_the_answer_takes_the_subscription_back(rig: Rig) -> None:
    await rig.start()
    answer = await rig.ask(ADA, ADA, "/subscribe NATO", "I ring when")
    await rig.press(ADA, ADA, answer, "Undo")
    listed = await rig.ask(ADA, ADA, "/list", "Nothing rings here yet")
    edited = rig.world.rooms[ADA].messages[answer["message_id"]]["text"]
    assert (edited, listed["chat"]["id"]) == ("Undone: NATO does not ring.", ADA)


async def test_a_restart_loses_nothing_and_repeats_nothing(rig: Rig) -> None:
    await rig.start()
    await rig.ask(ADA, ADA, "/subscribe ceasefire", "I ring when")
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "Ceasefire holds")
    await rig.said(ADA, "Ceasefire holds")
    status = await rig.stop()
    rig.publisher.publish("daily", "Ceasefire broken while we slept")
    await rig.start()
    await rig.said(ADA, "Ceasefire broken")
    await rig.publisher.polled("daily", 3)
    assert status == 0
    assert [m["text"].split("\n")[1] for m in rig.told(ADA, "🔔 ceasefire")] == [
        "Ceasefire holds",
        "Ceasefire broken while we slept",
    ]


@pytest.mark.timeout(150)
async def test_f2_f3_killed_between_storing_and_sending_the_alert_still_arrives_once(
    rig: Rig,
) -> None:
    await rig.start()
    await rig.ask(ADA, ADA, "/subscribe ceasefire", "I ring when")
    await rig.publisher.polled("daily", 2)
    fault = Fault("sendMessage", Failure.STATUS, times=1_000, status=502, body="<html>bad</html>")
    rig.world.faults.append(fault)
    summary = "Both sides keep to the agreement that was signed on Friday, observers say."
    rig.publisher.publish("daily", "Ceasefire holds", summary)
    async with asyncio.timeout(20):
        await fault.reached.wait()
    await rig.kill()
    rig.world.faults.clear()
    await rig.begin()
    await rig.said(ADA, "Ceasefire holds", seconds=120)  # on PostgreSQL the lease runs out
    await rig.publisher.polled("daily", 3)
    assert len(rig.told(ADA, "Ceasefire holds")) == 1


async def test_in_a_group_administrators_subscribe_and_the_alert_comes_into_their_topic(
    rig: Rig,
) -> None:
    await rig.start()
    await rig.ask(GROUP, BEN, "/subscribe derby", "Only administrators", topic=3)
    await rig.ask(GROUP, ADA, "/subscribe derby", "I ring when", topic=3)
    await rig.publisher.polled("herald", 2)
    rig.publisher.publish("herald", "The derby ends in a draw")
    alert = await rig.said(GROUP, "ends in a draw")
    assert (alert["message_thread_id"], len(rig.told(GROUP, "ends in a draw"))) == (3, 1)


async def test_a_member_presses_in_vain(rig: Rig) -> None:
    await rig.start()
    answer = await rig.ask(GROUP, ADA, "/subscribe derby", "I ring when")
    event = await rig.press(GROUP, BEN, answer, "Undo")
    listed = await rig.ask(GROUP, BEN, "/list", "1 subscription")
    assert (event["text"], bool(listed)) == ("Only administrators may do that.", True)


async def test_a_channel_subscribes_by_a_post_of_its_own(rig: Rig) -> None:
    await rig.start()
    await rig.ask(CHANNEL, ADA, "/subscribe NATO", "I ring when")
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "NATO meets")
    alert = await rig.said(CHANNEL, "NATO meets")
    assert alert["chat"]["id"] == CHANNEL


async def test_a_bare_command_asks_and_the_reply_is_the_answer(rig: Rig) -> None:
    await rig.start()
    question = await rig.ask(ADA, ADA, "/subscribe", "Which words should I ring for?")
    answer = await rig.ask(
        ADA, ADA, "Geneva talks", "I ring when", reply_to=question["message_id"]
    )
    assert (question["client_markup"]["force_reply"], "Geneva talks" in answer["text"]) == (
        True,
        True,
    )


async def test_a_bad_query_is_shown_at_its_place(rig: Rig) -> None:
    await rig.start()
    answer = await rig.ask(ADA, ADA, '/subscribe "Geneva tal', "never closed")
    rows = answer["text"].split("\n")
    assert rows == [
        "I cannot read this query:",
        '"Geneva tal',
        "^",
        "⚠️ the quote opened at character 1 is never closed",
        'Try "Geneva tal"',
    ]


async def test_conditional_requests_replay_the_tag_byte_for_byte(rig: Rig) -> None:
    await rig.start()
    await rig.publisher.polled("daily", 3)
    tags = [tag for feed, tag in rig.publisher.hits if feed == "daily"]
    assert tags[0] is None
    assert all(one == other for one, other in pairwise(tags[1:]))
    assert tags[1] is not None


async def test_a_feed_that_is_no_feed_stops_no_other(rig: Rig) -> None:
    rig.publisher.raw["herald"] = b"<html><body>Sorry!</body></html>"
    await rig.start()
    await rig.ask(ADA, ADA, "/subscribe NATO", "I ring when")
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "NATO meets")
    await rig.said(ADA, "NATO meets")
    await rig.publisher.polled("herald", 2)
    answer = await rig.ask(ADA, ADA, "/status", "Sources: 2, 1 with trouble")
    assert answer["chat"]["id"] == ADA


async def test_a_second_outlet_joins_the_alert_by_an_edit(rig: Rig) -> None:
    await rig.start()
    await rig.ask(ADA, ADA, "/subscribe NATO", "I ring")
    await rig.publisher.polled("herald", 2)
    title = "NATO and Russia open security talks in Geneva"
    lede = "Delegations met behind closed doors while Moscow wants written guarantees."
    rig.publisher.publish("daily", title, lede)
    first = await rig.said(ADA, title)
    rig.publisher.publish("herald", title, lede)
    await rig.world.until(lambda: "also: The Herald" in first["text"], 40)
    assert len(rig.told(ADA, title)) == 1


async def test_a_spanish_article_arrives_in_english_with_the_original_behind_it(
    rig: Rig, apy: str
) -> None:
    rig.settings["TRANSLATE_URL"] = f"apertium+{apy}"
    await rig.start()
    await rig.ask(ADA, ADA, "/subscribe NATO", "I ring")
    await rig.publisher.polled("daily", 2)
    spanish = "La OTAN anuncia nuevas conversaciones con Rusia en Ginebra sobre Ucrania"
    rig.publisher.publish("daily", spanish, "Las delegaciones se reunirán el lunes por la mañana.")
    alert = await rig.said(ADA, "translated from Spanish by Apertium")
    title = alert["text"].splitlines()[1]
    assert ("NATO" in title, "Russia" in title, spanish in alert["text"]) == (True, True, True)
    assert "expandable_blockquote" in {one["type"] for one in alert["entities"]}


@pytest.mark.parametrize(
    "rig", [("sqlite", "webhook"), ("postgresql", "polling")], indirect=True, ids="-".join
)
async def test_in_the_other_pairings_it_answers_rings_and_is_pressed(rig: Rig) -> None:
    await rig.start()
    saved = await rig.ask(ADA, ADA, "/subscribe NATO", "I ring")
    await rig.publisher.polled("daily", 2)
    rig.publisher.publish("daily", "NATO meets")
    await rig.said(ADA, "NATO meets")
    await rig.press(ADA, ADA, saved, "Undo")
    await rig.ask(GROUP, ADA, "/list", "Nothing rings here yet")
    assert await rig.stop() == 0
