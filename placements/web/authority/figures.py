"""How groups did in a plan, and what one more place would do."""

from flask import request
from werkzeug.wrappers import Response

from placements.domain.vocabulary import Role
from placements.services import plan_figures, plans, rounds
from placements.web.access import current_actor
from placements.web.authority.blueprint import blueprint, for_staff
from placements.web.authority.pictures import draw_worth
from placements.web.authority.steps import can
from placements.web.files import csv_file
from placements.web.pages import page
from placements.web.pictures import draw_intervals

MOST_SHOWN, MOST_FEWER = 25, 10
GROUP_HEADER = ["question", "group", "people", "placed", "rate", "low", "high", "verdict"]
PLACE_HEADER = ["reference", "placement", "district", "people_reached"]
PLACE_HEADER += ["one_more_places", "one_more_choice_steps", "one_fewer_places"]
PLAN = "/rounds/<int:round_id>/plans/<int:plan_id>"


@blueprint.get(f"{PLAN}/fairness")
@for_staff
def fairness(round_id: int, plan_id: int) -> Response:
    actor = current_actor()
    summary = plans.get_summary(actor, round_id, plan_id)
    round_ = rounds.get_round(actor, round_id)
    gate = plan_figures.judge_plan(actor, plan_id)
    others = plans.list_others(actor, round_id, plan_id)
    asked = request.args.get("beside", 0, type=int)
    return page(
        "authority/fairness.html",
        round=round_,
        plan=summary,
        gate=gate,
        picture=draw_intervals(gate),
        others=others,
        beside=next((one for one in others if one.plan_id == asked), None),
        compared=_compare(plan_id, asked) if asked in {one.plan_id for one in others} else [],
        waits=can(round_, Role.APPROVER, "approve"),
    )


def _compare(plan_id: int, other_id: int) -> list[tuple[str, str, list]]:
    """List each group's rate in this plan, then in another of the same people."""
    sides = [plan_figures.describe_groups(current_actor(), one) for one in (plan_id, other_id)]
    return [
        (question, group, [_share(side, question, group) for side in sides])
        for question, answers in sides[0]["groups"].items()
        for group in answers
    ]


def _share(figures: dict, question: str, group: str) -> float | None:
    """Return a group's rate; None if it is kept back, or if nobody was known to be in it then."""
    known = figures["groups"].get(question, {}).get(group)
    return known["placed"]["share"] if known else None


@blueprint.get(f"{PLAN}/fairness.csv")
@for_staff
def fairness_file(round_id: int, plan_id: int) -> Response:
    actor = current_actor()
    plans.get_summary(actor, round_id, plan_id)
    gate = plan_figures.judge_plan(actor, plan_id)
    rows = [
        (g.question, g.group, g.people, g.placed, g.share, g.low, g.high, g.verdict)
        for g in gate.groups
    ]
    return csv_file(f"fairness-{plan_id}", GROUP_HEADER, rows)


@blueprint.get(f"{PLAN}/one-more-place")
@for_staff
def one_more_place(round_id: int, plan_id: int) -> Response:
    actor = current_actor()
    summary = plans.get_summary(actor, round_id, plan_id)
    round_ = rounds.get_round(actor, round_id)
    worth = plan_figures.list_worth(actor, plan_id)
    lines = {one.reference: one for one in worth}
    return page(
        "authority/one_more_place.html",
        round=round_,
        plan=summary,
        most=[one for one in worth if one.one_more_places or one.one_more_choices][:MOST_SHOWN],
        fewer=[one for one in worth if one.one_fewer_places][:MOST_FEWER],
        n_fewer=sum(bool(one.one_fewer_places) for one in worth),
        picture=draw_worth(worth[:10]),
        is_known=any(one.one_more_places is not None for one in worth),
        later=[
            (lines[reference], n) for reference, n in plan_figures.list_later_starts(actor, plan_id)
        ],
        n_unplaced=summary.n_unplaced,
        reasons=plans.count_reasons(actor, plan_id),
    )


@blueprint.get(f"{PLAN}/one-more-place.csv")
@for_staff
def one_more_place_file(round_id: int, plan_id: int) -> Response:
    actor = current_actor()
    plans.get_summary(actor, round_id, plan_id)
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
        for one in plan_figures.list_worth(actor, plan_id)
    ]
    return csv_file(f"one-more-place-{plan_id}", PLACE_HEADER, rows)
