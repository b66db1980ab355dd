"""Whoever edits one fact by hand, past every guard, is found by the next check."""

from collections import Counter

import pytest
from factories.edits import is_found, list_edits
from factories.lived import live_a_round

from placements.extensions import db
from placements.services.invariants import verifying

SEED, AT_MOST = 20261125, 200


@pytest.fixture
def world(app, tmp_path, clock_file):
    with app.app_context():
        yield live_a_round(app, tmp_path)


def test_I28_any_single_edit_by_hand_is_found(world):
    assert verifying.verify_invariants().to_dict()["violations"] == []
    edits = list_edits(SEED)
    ends = {edit.words: is_found(edit) for edit in edits[:AT_MOST]}
    db.session.rollback()
    assert [words for words, end in ends.items() if end == "missed"] == [], f"seed {SEED}"
    assert Counter(ends.values())["found"] > AT_MOST / 2
    assert verifying.verify_invariants().exit_code == verifying.CLEAN
