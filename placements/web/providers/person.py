"""R6 and R7: one person, the rules and what each says, and the acts that are open."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from placements import clock
from placements.domain.errors import GuardRefused, IllegalMove, NotFound
from placements.domain.outcome_words import ABOUT_THEM
from placements.domain.registration_words import RULE_TITLES
from placements.domain.vocabulary import Role
from placements.services import (
    applications,
    data_requests,
    key_workers,
    members,
    my_account,
    people,
    person_history,
    withdrawals,
)
from placements.services.baselines import read_before
from placements.services.my_choices import list_choices
from placements.services.told import HOW_TOLD
from placements.web.access import current_actor, open_to
from placements.web.forms import NoForm, PlainForm, long_text, one_of
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint, region_folder, region_rules

NOBODY = "nobody"
WITH_REASON: dict[str, Callable[..., None]] = {
    "ask": applications.ask_for_information,
    "refuse": applications.refuse_application,
}


class WhyForm(PlainForm):
    """A reason that the young person reads."""

    reason = long_text("Why?", "Write the reason.", "The young person will read it.", length=1000)


class ToldForm(WhyForm):
    """What somebody told their provider, and how; a break needs no reason."""

    how = one_of("How did they tell you?", "Choose how they told you.", list(HOW_TOLD.items()))


class KeyWorkerForm(PlainForm):
    """Who looks after somebody; the choices are the members."""

    who = one_of(
        "Who is their key worker?",
        "Choose one.",
        [],
        "When somebody else opens their page, it is recorded, and they can see it.",
    )


class AskForm(PlainForm):
    """What a young person asks about their data through who supports them."""

    kind = one_of(
        "What do they ask?",
        "Choose one.",
        [("access", "To see everything kept about them"), ("erasure", "To be erased")],
    )
    words = long_text("What they said", None, "You do not have to write anything.", length=1000)


@blueprint.get("/people/<int:application_id>")
@open_to(Role.PROVIDER)
def person(application_id: int) -> Response:
    actor = current_actor()
    application = applications.get_application(actor, application_id)
    key_workers.note_reading(actor, application_id)
    worker = key_workers.find_key_worker(actor, application_id)
    return page(
        "providers/person.html",
        application=application,
        key_worker=worker[1] if worker else None,
        rules=region_rules(),
        language=my_account.find_language(application.candidate.account_id),
        missing=people.list_missing(application, region_folder()),
        offer=people.find_offer(actor, application_id),
        asked=data_requests.list_of_application(actor, application),
        chosen=list_choices(application),
        happened=person_history.list_person_history(actor, application_id),
        messages=person_history.list_person_messages(actor, application_id),
        before=read_before(actor, application),
        about_them=ABOUT_THEM,
    )


@blueprint.route("/people/<int:application_id>/key-worker", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def key_worker(application_id: int) -> Response:
    actor = current_actor()
    application = applications.get_application(actor, application_id)
    now = key_workers.find_key_worker(actor, application_id)
    form = KeyWorkerForm(data={"who": str(now[0]) if now else NOBODY})
    people_here = [(str(one.account_id), one.name) for one in members.list_members(actor)]
    form.who.choices = [*people_here, (NOBODY, "Nobody")]
    if form.is_sent():
        chosen = None if form.who.data == NOBODY else int(form.who.data)
        act = key_workers.choose_key_worker
        done, _ = form.try_act(lambda: act(actor, application_id, chosen))
        if done:
            flash("Saved.")
            return redirect(url_for(".person", application_id=application_id), 303)
    return page("providers/key_worker.html", form=form, application=application)


@blueprint.route("/people/<int:application_id>/data", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def ask_for_person(application_id: int) -> Response:
    actor, form = current_actor(), AskForm()
    application = applications.get_application(actor, application_id)
    if form.is_sent():
        kind, words, person_id = form.kind.data, form.words.data, application.candidate_id
        done, _ = form.try_act(lambda: data_requests.ask(actor, person_id, kind, words))
        if done:
            flash("The authority is told, and answers within a month.")
            return redirect(url_for(".person", application_id=application_id), 303)
    return page("providers/ask_data.html", form=form, application=application)


@blueprint.route("/people/<int:application_id>/eligibility", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def eligibility(application_id: int) -> Response:
    actor, form = current_actor(), NoForm()
    application = applications.get_application(actor, application_id)
    if form.is_sent():
        done, _ = form.try_act(
            lambda: applications.accept_application(actor, application_id, region_folder())
        )
        if done:
            flash("They are ready for the next round.")
            return redirect(url_for(".person", application_id=application_id), 303)
    answers = applications.list_rule_answers(application, region_folder(), clock.today())
    return page(
        "providers/eligibility.html",
        form=form,
        application=application,
        answers=answers,
        titles=RULE_TITLES,
    )


@blueprint.route("/people/<int:application_id>/because/<way>", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def reason(application_id: int, way: str) -> Response:
    actor = current_actor()
    application = applications.get_application(actor, application_id)
    if way not in (*WITH_REASON, "hold", "withdraw"):
        raise NotFound("There is no such page.")
    form = WhyForm() if way in WITH_REASON else ToldForm()
    if way == "hold":
        del form.reason
    if form.is_sent():
        done, _ = form.try_act(lambda: _act_with(way, application_id, form))
        if done:
            return redirect(url_for(".person", application_id=application_id), 303)
    offer = people.find_offer(actor, application_id)
    return page("providers/reason.html", form=form, application=application, way=way, offer=offer)


def _act_with(way: str, application_id: int, form: WhyForm) -> None:
    actor = current_actor()
    if way in WITH_REASON:
        WITH_REASON[way](actor, application_id, form.reason.data)
    elif way == "hold":
        applications.hold_application(actor, application_id, form.how.data)
    else:
        stop, how = withdrawals.withdraw_application, form.how.data
        stop(actor, application_id, form.reason.data, how=how)


@blueprint.post("/people/<int:application_id>/resume")
@open_to(Role.PROVIDER)
def resume(application_id: int) -> Response:
    try:
        applications.resume_application(current_actor(), application_id)
    except (GuardRefused, IllegalMove) as refusal:
        flash(str(refusal), "refused")
    return redirect(url_for(".person", application_id=application_id), 303)
