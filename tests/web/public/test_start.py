"""The first page: four doors, the next dates, three totals that point at nobody."""

import gzip

from placements.services import rounds


def test_start_has_four_doors_and_totals(demo, visit):
    text = visit().get("/").text
    for words in (
        *("I am 16 to 24", "I employ people", "I train people", "I work for the authority"),
        *("6 free places now", "fewer than 5 employers with places", "0 placements started"),
    ):
        assert words in text, words


def test_start_without_a_round_says_by_when_dates_come(demo, visit):
    assert "The next dates come by August 2026" in visit().get("/").text


def test_start_lists_the_next_rounds_with_their_dates(app, demo, plan_round, visit):
    first = plan_round("Summer", 1)
    plan_round("Autumn", 60)
    text = visit().get("/").text
    assert "Summer Opens on Tuesday 2 June 2026. Choices close on Tuesday 9 June 2026, 10am" in text
    assert "Autumn Opens on Friday 31 July 2026" in text
    with app.app_context():
        rounds.open_round(demo.staff, first)
    assert "Summer Open now." in visit().get("/").text


def test_styles_travel_small_and_whole(app, visit):
    client = visit().client
    url = "/static/govuk-frontend/govuk-frontend.min.css"
    plain = client.get(url)
    small = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert len(small.data) < 16_000 < len(plain.data)
    assert gzip.decompress(small.data) == plain.data
    plain.close()


def test_pages_with_something_secret_are_not_squeezed(visit):
    reply = visit().client.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in reply.headers
