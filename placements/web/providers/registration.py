"""R3: register a person, one question a page, each page kept; check it, send it."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.domain.outcome_words import ABOUT_THEM
from placements.domain.vocabulary import Role
from placements.services import applications, people, registrations
from placements.services.baselines import read_before
from placements.services.registrations import AlreadyYours
from placements.web.access import current_actor, open_to
from placements.web.forms import NoForm
from placements.web.pages import page
from placements.web.providers.blueprint import blueprint, region_folder, region_rules
from placements.web.providers.facts_forms import STEPS, ConsentForm
from placements.web.providers.forms import StepForm, WhoForm

NAMES = tuple(STEPS)


@blueprint.route("/people/new", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def new_person() -> Response:
    form, known = WhoForm(), None
    if form.is_sent():
        try:
            done, application_id = form.try_act(lambda: _begin(form))
        except AlreadyYours as found:
            form.add_error("name", str(found))
            known = found.application_id
        else:
            if done:
                return redirect(_after_who(application_id), 303)
    return page(form.template, form=form, number=1, n_steps=len(NAMES), known=known)


def _begin(form: WhoForm) -> int:
    return registrations.begin_registration(current_actor(), region_folder(), form.person())


def _after_who(application_id: int) -> str:
    alike = registrations.list_alike(current_actor(), application_id)
    if alike:
        return url_for(".compare", application_id=application_id)
    return url_for(".registration_step", application_id=application_id, step=NAMES[1])


@blueprint.route("/people/<int:application_id>/compare", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def compare(application_id: int) -> Response:
    actor, form = current_actor(), NoForm()
    draft = applications.get_application(actor, application_id)
    alike = registrations.list_alike(actor, application_id)
    if form.is_sent() and alike:
        done, _ = form.try_act(lambda: registrations.drop_draft(actor, application_id))
        if done:
            flash("We dropped the new entry. This is the one you had.")
            return redirect(url_for(".person", application_id=alike[0].id), 303)
    return page("providers/compare.html", form=form, draft=draft, alike=alike)


@blueprint.route("/people/<int:application_id>/new/<step>", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def registration_step(application_id: int, step: str) -> Response:
    if step not in STEPS:
        raise NotFound("There is no such page.")
    application = applications.get_application(current_actor(), application_id)
    form = STEPS[step]()
    form.fill(application)
    if form.is_sent():
        done, _ = form.try_act(lambda: _keep(application_id, form))
        if done:
            return redirect(_next_url(application_id, step), 303)
    number = NAMES.index(step) + 1
    return page(
        form.template,
        form=form,
        application=application,
        number=number,
        n_steps=len(NAMES),
        is_child=registrations.is_child(application.candidate),
        version=request.form.get("version", application.version),
        back_url=_back_url(application_id, number),
    )


def _keep(application_id: int, form: StepForm) -> None:
    actor, seen = current_actor(), request.form.get("version", 0, type=int)
    if isinstance(form, ConsentForm):
        registrations.give_consent(actor, application_id, form.guardian_contact.data)
        agreed = "yes" in (form.copies.data or [])
        registrations.let_guardian_read_offers(actor, application_id, agreed)
    else:
        registrations.change_registration(
            actor, application_id, region_folder(), form.answers(), seen, form.before()
        )


def _next_url(application_id: int, step: str) -> str:
    back_to = {"check": ".check_registration", "person": ".person"}.get(request.args.get("to", ""))
    number = NAMES.index(step) + 1
    if back_to or number == len(NAMES):
        return url_for(back_to or ".check_registration", application_id=application_id)
    return url_for(".registration_step", application_id=application_id, step=NAMES[number])


def _back_url(application_id: int, number: int) -> str:
    to = request.args.get("to")
    if to == "check":
        return url_for(".check_registration", application_id=application_id)
    if to == "person" or number == 1:
        return url_for(".person", application_id=application_id)
    return url_for(".registration_step", application_id=application_id, step=NAMES[number - 2])


@blueprint.route("/people/<int:application_id>/check", methods=["GET", "POST"])
@open_to(Role.PROVIDER)
def check_registration(application_id: int) -> Response:
    actor, form = current_actor(), NoForm()
    application = applications.get_application(actor, application_id)
    if form.is_sent():
        seen = request.form.get("version", 0, type=int)
        done, _ = form.try_act(
            lambda: registrations.send_registration(actor, application_id, region_folder(), seen)
        )
        if done:
            return _sent(application_id)
    return page(
        "providers/check.html",
        form=form,
        application=application,
        missing=people.list_missing(application, region_folder()),
        rules=region_rules(),
        before=read_before(actor, application),
        about_them=ABOUT_THEM,
    )


def _sent(application_id: int) -> Response:
    if request.form.get("then") == "another":
        sent = applications.get_application(current_actor(), application_id)
        ready = sent.state in people.SHOWN["ready"][1]
        flash(f"{sent.reference} is {'ready' if ready else 'sent, and not ready yet'}.")
        return redirect(url_for(".new_person"), 303)
    return redirect(url_for(".sent_registration", application_id=application_id), 303)


@blueprint.get("/people/<int:application_id>/sent")
@open_to(Role.PROVIDER)
def sent_registration(application_id: int) -> Response:
    actor = current_actor()
    application = applications.get_application(actor, application_id)
    missing = people.list_missing(application, region_folder())
    lock_on = people.find_next_lock_on(actor)
    return page("providers/sent.html", application=application, missing=missing, lock_on=lock_on)
