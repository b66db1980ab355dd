"""Every move by the one road, and a part of the forms that lead to it; `make faults` sends all."""

from faults import moves

SEED, BY_WEB, COMBINATIONS = 20261125, 60, 4900


def test_every_move_that_is_legal_passes_and_no_other_changes_anything(app):
    print(f"seed {SEED}")
    counts, wrong = moves.try_all(app, BY_WEB, SEED)
    print(counts)
    assert wrong == []
    assert sum(counts["by service"].values()) >= COMBINATIONS
    assert counts["by service"]["legal"] > 200
