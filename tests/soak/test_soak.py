"""A little of `make soak`, so that every change meets it."""

from soak import machine

SEED, RUNS, STEPS = 20261125, 2, 15


def test_everybody_at_random_and_every_rule_holds_after_every_step(
    app, database_url, make_database
):
    print(f"seed {SEED}")
    counts = machine.run(app, lambda: make_database.empty(database_url), RUNS, STEPS, SEED)
    assert counts[machine.WHOLE] >= RUNS
    assert counts[machine.CHECKS] > RUNS
