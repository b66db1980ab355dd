"""Published results: for anybody, with few people kept back, and as files."""

import csv
import io
from datetime import timedelta

from factories.records import make_region
from factories.told_rounds import RELEASE, open_round, propose

from placements.domain.permissions import SYSTEM
from placements.extensions import db
from placements.models.regions import Region
from placements.services import publishing
from placements.services.transactions import act


@act
def rename_region(region_id):
    """Make the invented region the one that is served."""
    db.session.get_one(Region, region_id).code = "west_midlands"


def test_results_keep_back_what_tells_of_few_people(demo, visit):
    """One person was offered a place: no page and no file says one."""
    client = visit().client
    assert "The whole region" in client.get("/results").text
    [whole] = client.get("/results/figures.json").json["tables"][0]["rows"]
    assert (whole["counts"]["matched"], whole["counts"]["started"]) == (None, 0)
    assert ",matched,1," not in client.get("/results/figures.csv").text


def test_results_are_there_as_files_that_say_what_they_mean(demo, visit):
    client = visit().client
    rows = list(csv.DictReader(io.StringIO(client.get("/results/figures.csv").text)))
    assert {"table", "row", "measure", "value"} <= rows[0].keys()
    assert client.get("/results/figures.json").json["region"]
    assert "properties" in client.get("/results/figures.schema.json").json
    assert client.get("/results/data-dictionary.csv").status_code == 200
    assert client.get("/results/people.csv").status_code == 404


def test_round_results_are_nowhere_before_their_instant(app, visit, clock_file, monkeypatch):
    """A round that is planned, locked, approved: no page, no file, no row; then all of it."""
    monkeypatch.setenv("PLACEMENTS_ENV", "test")
    with app.app_context():
        world = open_round(app, clock_file.parent)
        rename_region(world.operator.region_id)
        page, files = f"/results/{world.round_id}", ("figures.csv", "figures.json")
        paths = (page, *(f"{page}/{name}" for name in files))
        anybody = visit().client
        assert "The first round ends on Tuesday 16 June 2026." in visit().get("/results").text
        as_before = {path: anybody.get(path).status_code for path in paths}
        assert set(as_before.values()) == {404}
        propose(world)
        world.clock_at(RELEASE - timedelta(seconds=1))
        assert [anybody.get(path).status_code for path in paths] == [404] * 3
        for path in ("/results", "/results/figures.csv", "/results/figures.json"):
            assert "Summer" not in anybody.get(path).text
        world.clock_at(RELEASE)
        publishing.publish_round(SYSTEM, world.round_id)
        assert [anybody.get(path).status_code for path in paths] == [200] * 3
        told = anybody.get(f"{page}/figures.json").json
    assert [one["name"] for one in told["rounds"]] == ["Summer"]
    assert anybody.get("/results/987654").status_code == 404


@act
def make_bare_region():
    make_region(code="west_midlands")


def test_results_before_any_round_say_when_the_next_dates_come(app, visit):
    with app.app_context():
        make_bare_region()
    text = visit().get("/results").text
    assert "No round has dates yet. The next dates come by" in text
    assert "By provider" not in text
