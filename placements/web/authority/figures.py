"""How groups did in a plan, and what one more place would do."""

from flask import request
from werkzeug.wrappers import Response

from placements.domain.errors import GuardRefused
from placements.domain.policy_words import MECHANISM_NAMES
from placements.domain.vocabulary import Role
from placements.services import plan_figures, plans, rounds
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_staff
from placements.web.authority.drawing import draw_intervals, draw_worth
from placements.web.authority.plans import get_summary
from placements.web.authority.steps import can
from placements.web.files import csv_file
from placements.web.pages import page

MOST_SHOWN, MOST_LATER = 25, 10
GROUP_HEADER = ["question", "group", "people", "placed", "rate", "low", "high", "verdict"]
PLACE_HEADER = ["reference", "placement", "district", "people_reached"]
PLACE_HEADER += ["one_more_places", "one_more_choice_steps", "one_fewer_places"]
PLAN = "/rounds/<int:round_id>/plans/<int:plan_id>"


@blueprint.get(f"{PLAN}/fairness")
@for_staff
def fairness(round_id: int, plan_id: int) -> Response:
    actor = current_actor()
    summary, round_ = get_summary(round_id, plan_id), rounds.get_round(actor, round_id)
    gate = plan_figures.judge_plan(actor, plan_id)
    others = [name for name in MECHANISM_NAMES if name != summary.mechanism]
    asked = request.args.get("beside")
    beside = [asked] if asked in others else []
    return page(
        "authority/fairness.html",
        round=round_,
        plan=summary,
        gate=gate,
        picture=draw_intervals(gate),
        others=others,
        compared=_compare(plan_id, beside),
        waits=summary.chosen and can(round_, Role.APPROVER, "approve"),
    )


def _compare(plan_id: int, mechanisms: list[str]) -> list[tuple[str, str, list]]:
    """List each group's rate in this plan, then under the mechanisms that are asked for."""
    if not mechanisms:
        return []
    figures = plan_figures.describe_fairness(current_actor(), plan_id, mechanisms)
    sides = [figures["chosen"], *figures["others"]]
    return [
        (question, group, [side["groups"][question][group]["placed"]["share"] for side in sides])
        for question, answers in figures["chosen"]["groups"].items()
        for group in answers
    ]


@blueprint.get(f"{PLAN}/fairness.csv")
@for_staff
def fairness_file(round_id: int, plan_id: int) -> Response:
    get_summary(round_id, plan_id)
    gate = plan_figures.judge_plan(current_actor(), plan_id)
    rows = [
        (g.question, g.group, g.people, g.placed, g.share, g.low, g.high, g.verdict)
        for g in gate.groups
    ]
    return csv_file(f"fairness-{plan_id}", GROUP_HEADER, rows)


@blueprint.get(f"{PLAN}/one-more-place")
@for_staff
def one_more_place(round_id: int, plan_id: int) -> Response:
    actor = current_actor()
    summary, round_ = get_summary(round_id, plan_id), rounds.get_round(actor, round_id)
    worth = plan_figures.list_worth(actor, plan_id)
    early = [one.reference for one in sorted(worth, key=_first_start) if one.shifts][:MOST_LATER]
    return page(
        "authority/one_more_place.html",
        round=round_,
        plan=summary,
        most=[one for one in worth if one.one_more_places or one.one_more_choices][:MOST_SHOWN],
        fewer=[one for one in worth if one.one_fewer_places][:MOST_LATER],
        n_fewer=sum(bool(one.one_fewer_places) for one in worth),
        picture=draw_worth(worth[:10]),
        is_known=any(one.one_more_places is not None for one in worth),
        later=_list_later(plan_id, early, worth),
        n_unplaced=summary.n_unplaced,
        reasons=plans.count_reasons(actor, plan_id),
    )


def _first_start(one: plan_figures.PlaceWorth) -> tuple[int, str]:
    return min((shift[1] for shift in one.shifts), default=0), one.reference


def _list_later(plan_id: int, references: list[str], worth: list) -> list[tuple]:
    try:
        found = plan_figures.count_later_starts(current_actor(), plan_id, references)
    except GuardRefused:
        return []
    lines = {one.reference: one for one in worth}
    return [(lines[reference], found.get(reference)) for reference in references]


@blueprint.get(f"{PLAN}/one-more-place.csv")
@for_staff
def one_more_place_file(round_id: int, plan_id: int) -> Response:
    get_summary(round_id, plan_id)
    rows = [
        (
            one.reference,
            one.title,
            one.district,
            one.n_reaching
            if one.n_reaching >= plan_figures.LEAST
            else f"under {plan_figures.LEAST}",
            one.one_more_places,
            one.one_more_choices,
            one.one_fewer_places,
        )
        for one in plan_figures.list_worth(current_actor(), plan_id)
    ]
    return csv_file(f"one-more-place-{plan_id}", PLACE_HEADER, rows)
