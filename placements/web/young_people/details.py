"""Y2: details once, four short pages, each kept at once."""

from flask import flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.errors import Invalid, NotFound
from placements.domain.registration_words import HOME
from placements.domain.vocabulary import Role
from placements.services import my_account, registrations
from placements.services.my_account import Wishes
from placements.web.access import current_actor, open_to
from placements.web.pages import page
from placements.web.young_people.blueprint import blueprint, region_folder
from placements.web.young_people.details_forms import STEPS, DetailForm, MeForm
from placements.web.young_people.home import my_application

NAMES = tuple(STEPS)
BACK_TO = {"check": ".check", "home": ".home"}
OUTSIDE = "You can take part in the region where you live. Is the postcode right? Then ask us below"


@blueprint.route("/details/<step>", methods=["GET", "POST"])
@open_to(Role.YOUNG_PERSON)
def details(step: str) -> Response:
    if step not in STEPS:
        raise NotFound("There is no such page.")
    application = my_application()
    form = STEPS[step]()
    form.fill(application)
    if form.is_sent() and form.try_act(lambda: _keep(form))[0]:
        return _go_on(step)
    number = NAMES.index(step) + 1
    return page(
        form.template,
        form=form,
        number=number,
        n_steps=len(NAMES),
        version=request.form.get("version", application.version),
        back_url=_back_url(number),
    )


def _keep(form: DetailForm) -> None:
    actor, seen = current_actor(), request.form.get("version", 0, type=int)
    application = my_application()
    try:
        registrations.change_registration(
            actor, application.id, region_folder(), form.answers(), seen, form.before()
        )
    except Invalid as refusal:
        # The rule's own words are for a provider; a young person hears what they can do.
        if HOME in str(refusal):
            raise Invalid("postcode", f"{OUTSIDE}: there is other help.") from refusal
        raise
    if isinstance(form, MeForm):
        account = g.account
        wishes = Wishes(account.prefers, account.language)
        facts = (account.name or form.preferred_name.data, form.email.data, form.mobile.data)
        my_account.change_account(account.id, *facts, wishes)
        agreed = form.says_copies()
        if agreed is not None:
            registrations.let_guardian_read_offers(actor, application.id, agreed)


def _go_on(step: str) -> Response:
    number = NAMES.index(step) + 1
    to = BACK_TO.get(request.args.get("to", ""))
    if to or number == len(NAMES):
        flash("Saved. We work out places from this.")
        return redirect(url_for(to or ".home"), 303)
    return redirect(url_for(".details", step=NAMES[number]), 303)


def _back_url(number: int) -> str:
    to = BACK_TO.get(request.args.get("to", ""))
    if to or number == 1:
        return url_for(to or ".home")
    return url_for(".details", step=NAMES[number - 2])
