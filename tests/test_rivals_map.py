"""Every row of what rivals lose on the same work, and the tests of ours that hold it at nothing.

The rows are those of the measurements of three other bots on one harness: what they lost, doubled,
asked too rarely, or let others do. A test that is renamed or removed fails here.
"""

import re
from pathlib import Path

ROWS = {
    "an interval is kept as it was set": """
        a_setting_under_a_minute_is_taken_as_it_is
        what_is_not_known_yet_is_asked_at_the_setting""",
    "what is stored goes out at once": """
        it_drains_what_is_due_and_then_waits_to_be_woken""",
    "200 feeds of one OPML file are all stored while others are asked": """
        killed_in_the_middle_of_300_sources_it_goes_on_without_doubles""",
    "conditional requests": """
        l1_a_hundred_polls_of_an_unchanged_feed_are_one_full_and_ninety_nine_conditional
        conditional_requests_replay_the_tag_byte_for_byte""",
    "one item for 300 chats under limits": """
        one_item_for_300_chats_loses_none_wastes_no_second_and_meets_no_refusal""",
    "sends inside a retry_after window": """
        twenty_items_for_five_chats_and_a_group_lose_none
        f12_chats_that_must_wait_do_and_delay_no_other""",
    "kill -9 after the fetch, kill -9 with some chats served, start after the kill": """
        f1_f3_f4_f7_killed_at_any_moment_it_loses_nothing_and_doubles_what_was_in_flight
        f2_f3_killed_between_storing_and_sending_the_alert_still_arrives_once
        leases_of_the_dead_end_at_once_and_flood_waits_do_not""",
    "an answer is lost": """
        an_answer_that_is_lost_doubles_that_message_once_and_no_other
        where_silence_is_skipped_a_lost_answer_doubles_nothing""",
    "an answer comes after 25 s": """
        an_answer_after_25_seconds_loses_and_doubles_nothing""",
    "a lost request, 500, 502, one 429, two in a row, a 403 or missing rights that pass": """
        whatever_fails_every_alert_comes_and_comes_once""",
    "bomb, endless body, drip, silence, sixteen hostile documents": """
        twenty_hostile_feeds_delay_no_other_and_none_has_the_bot_ask_its_own_machine""",
    "SSRF": """
        twenty_hostile_feeds_delay_no_other_and_none_has_the_bot_ask_its_own_machine
        s1_odd_spellings_of_this_machine_are_refused
        s3_a_redirect_to_the_inside_is_refused
        p2_a_body_that_is_a_path_is_no_path""",
    "ten awkward titles and links, each alone": """
        ten_awkward_titles_and_links_arrive_each_once""",
    "three good items and a bad one": """
        three_good_items_arrive_beside_a_bad_one_and_so_does_it""",
    "ten long titles": """
        ten_long_titles_in_one_poll_are_all_told""",
    "an item without a date": """
        an_item_without_a_date_rings_beside_one_that_has_it""",
    "thirty known items: new GUIDs, https, tracking, dates": """
        thirty_known_items_that_churn_ring_nobody_and_a_new_one_rings""",
    "one HTTP 500, then the same feed": """
        one_http_500_and_then_the_same_feed_rings_nobody""",
    "a new subscription, 100 old items": """
        a_new_subscription_to_a_hundred_old_items_rings_nobody""",
    "100 new items in one poll": """
        a_hundred_new_items_in_one_poll_are_all_told_in_few_messages""",
    "200 new items without dates": """
        i2_two_hundred_new_items_of_a_source_are_five_alerts_and_one_message""",
    "members subscribe and unsubscribe a group": """
        a1_others_change_nothing_in_a_group_and_are_told_so
        others_press_in_vain_and_operators_judge_sources""",
    "group to supergroup, told or missed": """
        a_group_that_became_a_supergroup_loses_nothing""",
    "blocked or deleted, and back": """
        a_chat_that_refuses_us_is_left_alone_and_gets_all_when_it_is_back""",
    "a keyword and fourteen titles": """
        a_keyword_rings_for_its_words_and_for_nothing_that_only_looks_like_them""",
}


def test_every_row_has_its_tests() -> None:
    files = Path(__file__).parent.rglob("test_*.py")
    found = {name for file in files for name in re.findall(r"def test_(\w+)", file.read_text())}
    missing = {row: set(names.split()) - found for row, names in ROWS.items()}
    assert {row: names for row, names in missing.items() if names or not ROWS[row].split()} == {}
