"""The engine at the command line: JSON files in, a JSON file out, plain words when it cannot."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from matching.compare import compare
from matching.errors import MatchingError
from matching.explain import explain
from matching.generate import generate
from matching.market import Market, canonical_json
from matching.plan import Plan
from matching.records import MECHANISMS
from matching.solve import solve
from matching.verify import verify

EXAMPLE = """example:
  python -m matching generate --people 300 --placements 40 --places 110 market.json
  python -m matching solve market.json plan.json
  python -m matching verify market.json plan.json

exit codes: 0 done, 1 the plan is false, 2 the input cannot be used
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, MatchingError) as wrong:
        print(f"matching {given.command}: {wrong}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m matching",
        description="Match people to placements: exact, explained, checked.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("generate", help="write an invented market")
    for name, number in (("people", 300), ("placements", 40), ("places", 110), ("seed", 0)):
        making.add_argument(f"--{name}", type=_count, default=number)
    making.add_argument("out")
    making.set_defaults(run=_generate)
    for name, run, words, files in COMMANDS:
        command = commands.add_parser(name, help=words)
        for file in files:
            command.add_argument(file)
        command.set_defaults(run=run)
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{number} is below 0")
    return number


def _generate(given: argparse.Namespace) -> int:
    _write(given.out, generate(given.people, given.placements, given.places, given.seed).to_dict())
    return 0


def _solve(given: argparse.Namespace) -> int:
    plan = solve(Market.from_dict(_read(given.market)))
    _write(given.out, plan.to_dict())
    print(f"placed {plan.totals['placed']} of {plan.totals['people']}, plan {plan.sha256}")
    return 0


def _verify(given: argparse.Namespace) -> int:
    market, plan = Market.from_dict(_read(given.market)), Plan.from_dict(_read(given.plan))
    found = verify(market, plan)
    for sentence in found:
        print(sentence)
    if not found:
        print(f"the plan holds: {len(plan.assignments)} placed, {plan.certificate['kind']} proof")
    return 1 if found else 0


def _explain(given: argparse.Namespace) -> int:
    market, plan = Market.from_dict(_read(given.market)), Plan.from_dict(_read(given.plan))
    _write(given.out, explain(market, plan, given.candidate).to_dict())
    return 0


def _compare(given: argparse.Namespace) -> int:
    market = Market.from_dict(_read(given.market))
    policies = [dataclasses.replace(market.policy, mechanism=name) for name in MECHANISMS]
    if market.host_caps:
        policies = [policy for policy in policies if policy.mechanism != "stable"]
    _write(given.out, compare(market, policies))
    return 0


def _read(path: str) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def _write(path: str, value: Any) -> None:
    Path(path).write_text(canonical_json(value) + "\n", encoding="utf-8")


COMMANDS = (
    ("solve", _solve, "solve a market and write its plan", ("market", "out")),
    ("verify", _verify, "check a plan against its market", ("market", "plan")),
    ("explain", _explain, "explain one person's result", ("market", "plan", "candidate", "out")),
    ("compare", _compare, "line up every mechanism on one market", ("market", "out")),
)

if __name__ == "__main__":
    sys.exit(main())
