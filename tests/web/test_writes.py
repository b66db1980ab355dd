"""A write needs a token of this session, from this site, and acts once."""

import pytest
from factories.records import make_account
from flask import Blueprint, redirect

from placements.domain.errors import GuardRefused, IllegalMove, Invalid, NotAllowed, NotFound, Stale
from placements.services import idempotency
from placements.services.transactions import Busy, act
from placements.web.access import open_to
from placements.web.forms import PlainForm, day, time_of_day
from placements.web.pages import page

REFUSALS = {
    "missing": (NotFound("gone"), 404),
    "forbidden": (NotAllowed("not you"), 403),
    "illegal": (IllegalMove("cannot"), 409),
    "guard": (GuardRefused("not yet"), 409),
    "stale": (Stale("changed"), 409),
    "invalid": (Invalid("x", "write y"), 422),
    "busy": (Busy("busy"), 503),
}


class WhenForm(PlainForm):
    """What a page may ask."""

    first = day("First day", "Write the first day.")
    at = time_of_day("At what time")


@pytest.fixture
def app(app_to_build_on):
    return app_to_build_on


@pytest.fixture
def effects(app):
    """A page of the test's own that counts what it does, behind the real gates."""
    blueprint, done = Blueprint("planted", __name__), []

    @blueprint.route("/planted", methods=["GET", "POST"])
    @open_to()
    def act_once():
        form = WhenForm()
        if form.is_sent():
            done.append((form.first.data, form.at.data))
            return redirect(f"/planted?n={len(done)}", 303)
        return page("accounts/planted.html", form=form)

    @blueprint.get("/refused/<name>")
    @open_to()
    def refuse(name):
        raise REFUSALS[name][0]

    @blueprint.get("/fault")
    @open_to()
    def fault():
        raise ValueError("a person's name")

    app.jinja_loader.loaders.append(_planted_page())
    app.register_blueprint(blueprint)
    return done


def _planted_page():
    from jinja2 import DictLoader

    words = (
        '{% extends "layout.html" %}{% from "macros.html" import form_of %}{% set title = "When" %}'
        '{% block content %}{% call form_of("Send") %}{{ form.first }}{{ form.at }}{% endcall %}'
        "{% endblock %}"
    )
    return DictLoader({"accounts/planted.html": words})


DAY = {"first": ["4", "June", "2026"], "at": "4.30pm"}


def test_form_pressed_twice_acts_once_and_answers_the_same(visit, effects):
    visitor = visit().get("/planted")
    form = dict(visitor.page.forms[-1].fields, **DAY)
    replies = [visitor.client.post("/planted", data=form) for _ in range(2)]
    assert [r.headers["Location"] for r in replies] == ["/planted?n=1"] * 2
    assert len(effects) == 1
    assert f"{effects[0][0]} {effects[0][1]}" == "2026-06-04 16:30:00"


def test_refused_form_can_be_sent_again_with_the_same_key(visit, effects):
    visitor = visit().get("/planted").send("Send", first=["31", "2", "2026"], at="25:00")
    assert visitor.status == 422
    assert "There is no such day" in visitor.text
    assert "Write a time, like 9am or 16:30." in visitor.text
    assert 'value="25:00"' in visitor.html
    assert visitor.send("Send", **DAY).here == "/planted?n=1"


def test_form_cut_off_before_its_answer_says_so(app, effects):
    with app.app_context():
        assert idempotency.claim_key("k" * 32, None) is None
        with pytest.raises(idempotency.StillWorking):
            idempotency.claim_key("k" * 32, None)


def test_key_of_another_person_answers_nothing(app):
    with app.app_context():
        account_id = act(lambda: make_account().id)()
        idempotency.claim_key("k" * 32, account_id)
        idempotency.keep_answer("k" * 32, "/secret")
        with pytest.raises(idempotency.StillWorking):
            idempotency.claim_key("k" * 32, None)


def test_write_without_a_token_or_with_another_sessions_changes_nothing(visit, effects):
    mine, theirs = visit().get("/planted"), visit().get("/planted")
    stolen = theirs.page.forms[-1].fields["csrf_token"]
    for token in ("", "wrong", stolen):
        reply = mine.client.post("/planted", data={**DAY, "csrf_token": token})
        assert reply.status_code == 400
    assert effects == []


def test_write_from_another_site_changes_nothing(visit, effects):
    visitor = visit().get("/planted")
    form = dict(visitor.page.forms[-1].fields, **DAY)
    reply = visitor.client.post("/planted", data=form, headers={"Origin": "https://evil.example"})
    assert (reply.status_code, effects) == (403, [])


def test_foreign_host_is_refused(visit):
    assert visit().client.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("name", REFUSALS)
def test_each_refusal_is_a_page_with_its_status_and_number(visit, effects, name):
    visitor = visit().get(f"/refused/{name}")
    assert visitor.status == REFUSALS[name][1]
    assert visitor.reply.headers["X-Request-Id"] in visitor.text


def test_fault_shows_a_number_and_nothing_of_the_inside(app, visit, effects, caplog):
    visitor = visit().get("/fault")
    assert visitor.status == 500
    assert "a person's name" not in visitor.html + caplog.text
    numbers = {getattr(record, "request_id", None) for record in caplog.records}
    assert visitor.reply.headers["X-Request-Id"] in numbers


def test_every_reply_is_private_and_takes_no_script(visit):
    for url in ("/", "/sign-in", "/nowhere", "/healthz"):
        headers = visit().get(url).reply.headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "script-src" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_ready_says_which_schema_is_missing(app, visit):
    assert visit().get("/readyz").status == 200
    with app.app_context():
        from placements.extensions import db

        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    visitor = visit().get("/readyz")
    assert visitor.status == 503
    assert "placements migrate" in visitor.html
