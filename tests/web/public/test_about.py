"""Pages anybody reads: help, who sees what, cookies, terms, and how a round is checked."""

import pytest

TOPICS = ("help", "accessibility", "privacy", "cookies", "terms", "check", "employers")


@pytest.mark.parametrize("topic", TOPICS)
def test_each_topic_has_a_page_without_signing_in(demo, visit, topic):
    assert visit().get(f"/{topic}").status == 200


def test_every_page_says_whom_to_call(demo, visit):
    assert "Call 0121 496 0123, 9am to 5pm, Monday to Friday" in visit().get("/").text


def test_check_without_a_round_says_so(demo, visit):
    assert "No round has results yet." in visit().get("/check").text
