"""A headline without a summary rings with what the article's page says, by the real program."""

from tests.e2e.rig import ADA, Rig

PAGE = (
    "<title>NATO meets</title><script type='application/ld+json'>"
    '{"@type":"NewsArticle","headline":"NATO meets","datePublished":"2022-01-09T10:57:14Z",'
    '"description":"Moscow is again calling for binding security agreements with NATO."}'
    "</script>"
)


async def test_a_bare_headline_comes_with_the_lede_and_the_time_of_its_page(rig: Rig) -> None:
    await rig.start()
    await rig.ask(ADA, ADA, "/subscribe NATO", "I ring when")
    await rig.publisher.polled("daily", 2)
    rig.publisher.pages["1"] = PAGE
    link = rig.publisher.publish("daily", "NATO meets")
    alert = await rig.said(ADA, "NATO meets")
    rig.publisher.publish("daily", "NATO parts")
    gone = await rig.said(ADA, "NATO parts")
    assert link.endswith("/news/1")
    assert alert["text"] == (
        "🔔 NATO\nNATO meets\n"
        "Moscow is again calling for binding security agreements with NATO.\n"
        "The Daily · 9 Jan 2022, 10:57 UTC"
    )
    assert (len(gone["text"].splitlines()), rig.publisher.read) == (3, ["1", "2"])
