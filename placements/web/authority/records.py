"""What is behind the pages: messages, the audit, and the region's own rules."""

from flask import current_app, request
from werkzeug.wrappers import Response

from placements.domain.errors import NotFound
from placements.services import audit_log, message_log, rounds
from placements.services.gazetteer import get_rules
from placements.services.invariants import verifying
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_staff
from placements.web.pages import page


@blueprint.get("/messages")
@for_staff
def messages() -> Response:
    actor = current_actor()
    return page(
        "authority/messages.html",
        standings=message_log.list_standings(actor),
        dead=message_log.list_dead(actor),
    )


@blueprint.get("/audit")
@for_staff
def audit() -> Response:
    report = _check() if request.args.get("check") else None
    actor, before = current_actor(), request.args.get("before", type=int)
    kind, record_id = request.args.get("kind", ""), request.args.get("id", type=int)
    if kind and record_id is not None:
        found = audit_log.list_record_log(actor, kind, record_id, before)
    elif kind:
        raise NotFound("There is no such record.")
    else:
        found = audit_log.list_rounds_log(actor, before)
    return page(
        "authority/audit.html",
        log=found,
        kind=kind,
        record_id=record_id,
        kinds=list(audit_log.OWNERS),
        names={r.id: r.name for r in rounds.list_rounds(actor)},
        report=report,
    )


def _check() -> verifying.Report:
    with verifying.one_picture():
        return verifying.verify_audit(current_app.config["SETTINGS"].anchor_folder)


@blueprint.get("/settings")
@for_staff
def settings() -> Response:
    folder = current_app.config["SETTINGS"].region_folder
    return page("authority/settings.html", rules=get_rules(folder), folder=folder.name)
