"""The rules of a round: one plain sentence, and a form until the round is sealed."""

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from placements.domain.fairness_gates import gate_percent
from placements.domain.policy_words import (
    MECHANISM_NAMES,
    MECHANISM_WORDS,
    aims_of,
    mechanism_of,
    policy_sentence,
)
from placements.domain.vocabulary import Role
from placements.services import round_rules
from placements.services import rounds as service
from placements.services.gazetteer import get_rules
from placements.services.round_rules import Rules
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_operators, for_staff
from placements.web.authority.forms import RulesForm
from placements.web.pages import page

PLACES = ("first", "second", "third")


@blueprint.get("/rounds/<int:round_id>/rules", endpoint="rules")
@for_staff
def show_rules(round_id: int, form: RulesForm | None = None) -> Response:
    actor = current_actor()
    round_ = service.get_round(actor, round_id)
    mechanism, groups = mechanism_of(round_.policy), round_.policy.get("priority_groups", [])
    names = {group.code: group.name for group in _region().priority_groups}
    return page(
        "authority/rules.html",
        form=form or _fill(RulesForm(data=_values(round_))),
        round=round_,
        sentence=policy_sentence(round_.policy),
        mechanism=MECHANISM_NAMES[mechanism],
        mechanism_words=MECHANISM_WORDS[mechanism],
        groups=[names.get(code, code) for code in groups],
        gate=gate_percent(round_.policy),
        seen=round_rules.mark_rules(round_),
        can_change=actor.role is Role.OPERATOR and round_.state in round_rules.UNSEALED,
    )


@blueprint.post("/rounds/<int:round_id>/rules")
@for_operators
def save_rules(round_id: int) -> Response:
    form, actor = _fill(RulesForm()), current_actor()
    if form.is_sent():
        aims = [form[place].data for place in PLACES] + ["lottery"]
        wanted = Rules(
            form.mechanism.data, aims, form.groups.data or [], form.gate.data, form.seed.data
        )
        seen = request.form.get("seen", "")
        done, _ = form.try_act(lambda: round_rules.set_rules(actor, round_id, wanted, seen))
        if done:
            flash("The rules are saved. They are sealed with the records when the round locks.")
            return redirect(url_for(".rules", round_id=round_id), 303)
    return show_rules(round_id, form)


def _region():
    return get_rules(current_app.config["SETTINGS"].region_folder)


def _fill(form: RulesForm) -> RulesForm:
    form.groups.choices = [(group.code, group.name) for group in _region().priority_groups]
    return form


def _values(round_) -> dict:
    aims = [aim for aim in aims_of(round_.policy) if aim != "lottery"]
    return {
        "mechanism": mechanism_of(round_.policy),
        **dict(zip(PLACES, aims, strict=False)),
        "groups": round_.policy.get("priority_groups", []),
        "gate": gate_percent(round_.policy),
        "seed": round_.seed,
    }
