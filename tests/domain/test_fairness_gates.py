"""A group falls short only where chance alone cannot say it, and a hidden number is judged too."""

import pytest

from placements.domain.fairness_gates import gate_percent, judge_groups


def judge(known, everyone=0.5, hidden=False):
    people, placed, low, high = known
    share, nothing = placed / people, {"count": None, "share": None, "low": None, "high": None}
    told = nothing if hidden else {"count": placed, "share": share, "low": low, "high": high}
    figures = {
        "everyone": {"placed": {"share": everyone}},
        "groups": {"home": {"north": {"people": people, "placed": told}}},
    }
    return judge_groups(figures, {"home": {"north": known}}, 80)


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        ((100, 20, 0.13, 0.29), "falls_short"),
        ((100, 32, 0.24, 0.4), "not_clear"),
        ((100, 60, 0.5, 0.69), "passes"),
        ((100, 45, 0.4, 0.55), "passes"),
        ((29, 2, 0.02, 0.22), "too_few"),
        ((30, 2, 0.02, 0.22), "falls_short"),
    ],
)
def test_a_group_is_judged_by_its_whole_interval(known, verdict):
    gate = judge(known)
    assert [one.verdict for one in gate.groups] == [verdict]
    assert gate.line == pytest.approx(0.4)
    assert gate.passes == (verdict != "falls_short")


def test_what_would_pass_is_the_number_of_people_up_to_the_line():
    assert judge((101, 20, 0.13, 0.29)).short[0].n_short == 41 - 20


def test_a_number_kept_back_is_judged_and_not_given_away():
    (short,) = judge((40, 0, 0.0, 0.09), hidden=True).short
    assert (short.placed, short.share, short.n_short) == (None, None, 0)


def test_nobody_placed_puts_the_line_at_nothing_and_passes():
    assert judge((50, 0, 0.0, 0.07), everyone=0.0).passes


def test_a_round_without_a_gate_of_its_own_has_four_fifths():
    assert (gate_percent({}), gate_percent({"fairness_gate": 70})) == (80, 70)
