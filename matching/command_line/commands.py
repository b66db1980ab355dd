"""What each command does with what it was given."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from typing import Any, TextIO

from matching.bundle import Bundle, check_bundle, replay
from matching.canonical import canonical_json
from matching.command_line import words
from matching.command_line.files import (
    STREAM,
    read_input,
    read_plan,
    write_bundle,
    write_json,
)
from matching.command_line.progress import watching
from matching.compare import compare
from matching.errors import FileError, PlanError, PolicyError
from matching.explain import explain
from matching.generate import generate
from matching.market import Market
from matching.plan import Plan
from matching.policy import MECHANISMS, Policy
from matching.sealing.seal import seal
from matching.solve import solve
from matching.verify import verify

BUNDLES = (".bundle.json", ".bundle.json.gz")


def generate_market(given: argparse.Namespace) -> int:
    """Write an invented market."""
    market = generate(given.people, given.placements, given.places, given.seed, pairs=given.pairs)
    write_json(given.out, market.to_dict())
    if given.out != STREAM:
        print(words.market_line(market))
    return 0


def solve_file(given: argparse.Namespace) -> int:
    """Solve a market, or a bundle again."""
    loaded = read_input(given.file)
    market = loaded.market if isinstance(loaded, Bundle) else loaded
    if given.mechanism:
        market = market.with_policy(dataclasses.replace(market.policy, mechanism=given.mechanism))
    with watching(given.progress) as progress:
        plan = solve(market, progress)
    if given.out and given.out.endswith(BUNDLES):
        write_bundle(given.out, seal(market, plan, exact=given.exact_homes))
    elif given.out:
        write_json(given.out, plan.to_dict())
    if given.json:
        print(canonical_json(plan.to_dict()))
    elif given.out != STREAM:
        print("\n".join(words.plan_lines(market, plan)))
    if isinstance(loaded, Bundle) and not given.mechanism:
        return _compare_again(loaded, plan, sys.stderr if given.json else sys.stdout)
    return 0


def _compare_again(bundle: Bundle, plan: Plan, out: TextIO) -> int:
    same = plan.sha256 == bundle.plan.sha256
    said = "the plan of the bundle comes out again, byte for byte"
    print(said if same else "the plan of the bundle is another", file=out)
    return 0 if same else 1


def verify_file(given: argparse.Namespace) -> int:
    """Check a bundle, or a plan against its market."""
    loaded = read_input(given.file)
    if isinstance(loaded, Bundle):
        if given.plan:
            raise FileError(f"{given.file}: a bundle has its own plan, leave {given.plan} out")
        market, plan, found = loaded.market, loaded.plan, check_bundle(loaded)
    else:
        market, plan = loaded, _plan_beside(given)
        found = verify(market, plan)
    if given.replay and not found:
        found = replay(market, plan)
    if given.json:
        print(canonical_json(words.verdict(loaded, market, plan, found)))
    else:
        print("\n".join(words.verdict_lines(loaded, market, plan, found)))
    return 1 if found else 0


def _plan_beside(given: argparse.Namespace) -> Plan:
    if not given.plan:
        raise FileError(f"{given.file}: a market has no plan in it, name the plan after it")
    return read_plan(given.plan)


def _market_and_plan(given: argparse.Namespace) -> tuple[Market, Plan]:
    loaded = read_input(given.file)
    if isinstance(loaded, Bundle):
        return loaded.market, loaded.plan
    return loaded, _plan_beside(given)


def explain_person(given: argparse.Namespace) -> int:
    """Print one person's receipt."""
    market, plan = _market_and_plan(given)
    if given.person not in market.row_of:
        raise PlanError(f"explain: {given.person} is not in the market")
    false = verify(market, plan)
    if false:
        raise PlanError(f"explain: the plan is false, {false[0]}")
    receipt = explain(market, plan, given.person).to_dict()
    if given.json:
        print(canonical_json(receipt))
    else:
        print("\n".join(words.receipt_lines(receipt)))
    return 0


def compare_file(given: argparse.Namespace) -> int:
    """Line up mechanisms, and dry runs without the uncertain places."""
    loaded = read_input(given.file)
    market = loaded.market if isinstance(loaded, Bundle) else loaded
    changes: list[dict[str, Any]] = [
        {"mechanism": name} | ({"uncertain_places": uncertain} if given.certain else {})
        for name in given.mechanism or MECHANISMS
        for uncertain in ((True, False) if given.certain else (True,))
    ]
    try:
        policies = [dataclasses.replace(market.policy, **change) for change in changes]
        with watching(given.progress) as progress:
            rows = compare(market, policies, progress)
    except PolicyError:
        if given.mechanism:
            raise
        rows = compare(market, [policy for change in changes if (policy := _fit(market, change))])
    if given.json:
        print(canonical_json(rows))
    else:
        print("\n".join(words.comparison_lines(rows, given.people)))
    return 0


def _fit(market: Market, change: dict[str, Any]) -> Policy | None:
    """The changed policy, or None where the mechanism cannot keep the policy's rules."""
    try:
        policy = dataclasses.replace(market.policy, **change)
        solve(market.with_policy(policy))
    except PolicyError as refused:
        print(f"left out: {change['mechanism']}, {refused}", file=sys.stderr)
        return None
    return policy
