"""One person, found by reference and read for a purpose that is written down."""

from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from placements import clock
from placements.domain.registration_words import RULE_TITLES
from placements.services import applications, hand_offers, my_account, person_history, reading
from placements.services.gazetteer import get_rules
from placements.services.my_choices import list_choices
from placements.services.people import find_offer
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_staff
from placements.web.authority.forms import PurposeForm, ReceiptForm
from placements.web.forms import NoForm
from placements.web.pages import page

PURPOSE = "person_purpose"


@blueprint.route("/people", methods=["GET", "POST"], endpoint="people")
@for_staff
def find_person() -> Response:
    form, actor = ReceiptForm(), current_actor()
    if form.is_sent():
        reference = form.reference.data
        done, found = form.try_act(lambda: reading.find_application_id(actor, reference))
        if done:
            session[PURPOSE] = {str(found): form.purpose.data}
            return redirect(url_for(".person", application_id=found), 303)
    return page("authority/people.html", form=form)


@blueprint.route("/people/<int:application_id>", methods=["GET", "POST"], endpoint="person")
@for_staff
def show_person(application_id: int, refused: NoForm | None = None) -> Response:
    form, actor = PurposeForm(), current_actor()
    application = applications.get_application(actor, application_id)
    if refused is None and form.is_sent():
        session[PURPOSE] = {str(application_id): form.purpose.data}
        return redirect(request.path, 303)
    purpose = session.get(PURPOSE, {}).get(str(application_id))
    if purpose is None:
        return page("authority/person.html", form=form, application=application, purpose=None)
    reading.record_reading(actor, application_id, purpose, what="person")
    folder = current_app.config["SETTINGS"].region_folder
    return page(
        "authority/person.html",
        form=refused,
        answers=applications.list_rule_answers(application, folder, clock.today()),
        titles=RULE_TITLES,
        offer=find_offer(actor, application_id),
        has_lost=hand_offers.has_lost_place(actor, application_id),
        application=applications.get_application(actor, application_id),
        purpose=reading.PURPOSES[purpose],
        language=my_account.find_language(application.candidate.account_id),
        chosen=list_choices(application),
        rules=get_rules(folder),
        happened=person_history.list_person_history(actor, application_id),
        messages=person_history.list_person_messages(actor, application_id),
    )
