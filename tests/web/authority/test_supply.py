"""Where places are short, and whom to call."""

import csv
import io

from sqlalchemy import update
from web.authority.conftest import OPENS

from placements.extensions import db
from placements.models.candidates import Application
from placements.models.employers import Employer, Pledge
from placements.models.placements import Placement
from placements.services.transactions import act


@act
def like(world, sector, n_places=0):
    db.session.execute(update(Application).values(sectors=[sector]))
    db.session.execute(update(Placement).values(sector=sector))
    db.session.execute(update(Employer).values(sector=sector))
    if n_places:
        pledge = Pledge(employer_id=world.employer_id, answer="yes", n_places=n_places)
        pledge.period, pledge.source = "2026", "invented"
        pledge.made_at = OPENS
        db.session.add(pledge)


def cells(operator):
    reply = operator.client.get("/authority/supply-demand.csv")
    rows = csv.DictReader(io.StringIO(reply.get_data(as_text=True)))
    return {(row["sector"], row["district"]): row for row in rows}


def test_a_gap_is_places_less_people_who_would_take_that_work_there(world, operator):
    with world.app.app_context():
        like(world, "retail")
    cell = cells(operator)["retail", "Birmingham"]
    assert (cell["places"], cell["people"], cell["gap"]) == ("3", "5", "-2")
    operator.get("/authority/supply-demand")
    assert "3 places for 5 people" in operator.text
    assert cells(operator)["construction", "Birmingham"]["people"] == "0"


def test_without_people_who_named_their_work_the_page_says_so(operator):
    assert "No people are ready yet" in operator.get("/authority/supply-demand").text


def test_whom_to_call_names_employers_with_a_site_there(world, operator):
    with world.app.app_context():
        like(world, "retail", n_places=5)
    assert cells(operator)["retail", "Birmingham"]["promised_not_described"] == "2"
    operator.get("/authority/supply-demand?sector=retail&district=Birmingham")
    assert "Invented Lockside 2 1" in operator.text
    assert "What you could write" in operator.text
    operator.get("/authority/supply-demand?sector=retail&district=Coventry")
    assert "No employer of this kind of work has a site there yet." in operator.text
    wrong = "/authority/supply-demand?sector=magic&district=Birmingham"
    assert operator.get(wrong).status == 404
