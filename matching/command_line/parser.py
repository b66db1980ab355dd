"""What may be typed: one parser a command, each with an example."""

from __future__ import annotations

import argparse
import sys
import textwrap
import traceback
from collections.abc import Callable
from typing import Any

from matching.command_line import commands
from matching.command_line.bench import bench
from matching.command_line.progress import KINDS
from matching.errors import MatchingError
from matching.policy import MECHANISMS
from matching.version import VERSION

DONE, FOUND_FALSE, CANNOT = 0, 1, 2
ABOUT = """Match people to placements: exact, explained, checked.

A market is a JSON file of candidates, placements and a policy. `generate` writes an invented one
to look at; `python -m pydoc matching.records` says what each field means, `matching.policy` what a
policy can say. A bundle is one file with a market under pseudonyms, its plan and the proof, for
somebody else to check.
"""
EXAMPLE = """a first walk (everybody in it is invented):
  python -m matching generate market.json
  python -m matching solve market.json plan.json
  python -m matching verify market.json plan.json
  python -m matching explain market.json plan.json person-000003
  python -m matching solve market.json round.bundle.json.gz
  python -m matching verify round.bundle.json.gz

exit codes: 0 done and nothing false found, 1 something is false, 2 the input cannot be used
`python -m matching COMMAND --help` says more about one command. A file called - is standard
input or output. A traceback is shown only with --debug.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = make_parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (OSError, MatchingError) as wrong:
        return _say(given, str(wrong))
    except BrokenPipeError:
        return CANNOT
    except MemoryError:
        return _say(given, "the memory of this machine is not enough for it")
    except KeyboardInterrupt:
        return _say(given, "stopped")
    except Exception as fault:
        return _say(given, f"a fault of this program, {type(fault).__name__}: {fault}")


def _say(given: argparse.Namespace, words: str) -> int:
    if given.debug:
        traceback.print_exc()
    print(f"matching {given.command}: {words}", file=sys.stderr)
    return CANNOT


def make_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    parser = argparse.ArgumentParser(
        prog="python -m matching",
        description=ABOUT,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"matching {VERSION}")
    parser.add_argument("--debug", action="store_true", help="show a traceback when it fails")
    added = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", title="commands"
    )
    for make in (_generate, _solve, _verify, _explain, _compare, _bench):
        make(added)
    return parser


def _command(
    added: Any,
    name: str,
    run: Callable[[argparse.Namespace], int],
    words: str,
    example: str,
    more: str = "",
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = added.add_parser(
        name,
        help=words,
        description="\n".join(textwrap.wrap(f"{words[0].upper()}{words[1:]}. {more}", 96)),
        epilog=f"example:\n  python -m matching {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.set_defaults(run=run)
    return made


def _generate(added: Any) -> None:
    made = _command(
        added,
        "generate",
        commands.generate_market,
        "write an invented market, the same for the same seed",
        "generate --people 3000 --placements 350 --places 1060 market.json",
    )
    _sizes(made, people=300, placements=40, places=110)
    _density(made)
    made.add_argument("out", metavar="OUT", help="the file to write")


def _sizes(made: argparse.ArgumentParser, **defaults: int) -> None:
    for name, number in (defaults | {"seed": 0}).items():
        words = "draws another market" if name == "seed" else f"how many {name}"
        made.add_argument(
            f"--{name}", type=_count, default=number, metavar="N", help=f"{words} (%(default)s)"
        )


def _density(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--pairs",
        type=_count,
        metavar="N",
        help="how many placements are open to a person on average, by longer or shorter travel "
        "limits for all (as they come out)",
    )


def _count(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
    if not 0 <= number < 2**31:
        raise argparse.ArgumentTypeError(f"{number} is not within 0..{2**31 - 1}")
    return number


def _solve(added: Any) -> None:
    made = _command(
        added,
        "solve",
        commands.solve_file,
        "place people by the market's policy; solve a bundle again and compare",
        "solve market.json plan.json",
    )
    made.add_argument("file", metavar="FILE", help="a market or a bundle")
    made.add_argument(
        "out",
        metavar="OUT",
        nargs="?",
        help="the plan to write; a sealed bundle if the name ends .bundle.json or .bundle.json.gz",
    )
    made.add_argument("--mechanism", choices=MECHANISMS, help="instead of the policy's own")
    made.add_argument(
        "--exact-homes",
        action="store_true",
        help="write homes and birth dates into a bundle as they are, not rounded",
    )
    _progress(made)
    _json(made)


def _progress(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--progress",
        default="auto",
        metavar="HOW",
        help=f"{', '.join(KINDS)}, or a file that gets a line a step; auto draws a bar on a "
        "terminal (%(default)s)",
    )


def _json(made: argparse.ArgumentParser) -> None:
    made.add_argument("--json", action="store_true", help="print JSON for a program to read")


def _verify(added: Any) -> None:
    made = _command(
        added,
        "verify",
        commands.verify_file,
        "check a plan against its market, or a bundle as a whole, without the solver's code",
        "verify round.bundle.json.gz",
    )
    made.add_argument("file", metavar="FILE", help="a bundle, or a market")
    made.add_argument("plan", metavar="PLAN", nargs="?", help="the plan, where FILE is a market")
    made.add_argument("--replay", action="store_true", help="also solve again and compare")
    _json(made)


def _explain(added: Any) -> None:
    made = _command(
        added,
        "explain",
        commands.explain_person,
        "say why one person is where they are, and what would have changed it",
        "explain market.json plan.json person-000003",
    )
    made.add_argument("file", metavar="FILE", help="a bundle, or a market")
    made.add_argument("plan", metavar="PLAN", nargs="?", help="the plan, where FILE is a market")
    made.add_argument("person", metavar="PERSON", help="the id of a candidate")
    _json(made)


def _compare(added: Any) -> None:
    made = _command(
        added,
        "compare",
        commands.compare_file,
        "solve one market in several ways, side by side, and say who changes",
        "compare market.json --mechanism optimal --mechanism stable",
        "first and top3 count people at their first, or one of their first three, choices; minutes "
        "is the median of the longer journeys; changes counts people placed otherwise than in the "
        "first line.",
    )
    made.add_argument("file", metavar="FILE", help="a market or a bundle")
    made.add_argument(
        "--mechanism", action="append", choices=MECHANISMS, help="one way; may be given again"
    )
    made.add_argument(
        "--certain", action="store_true", help="each way again with the certain places only"
    )
    made.add_argument("--people", action="store_true", help="list everybody who changes")
    _progress(made)
    _json(made)


def _bench(added: Any) -> None:
    made = _command(
        added,
        "bench",
        bench,
        "time each step on an invented market, from its columns to a verified plan",
        "bench --people 3000 --placements 350 --places 1060 --repeat 3",
    )
    _sizes(made, people=3000, placements=350, places=1060)
    _density(made)
    made.add_argument(
        "--repeat", type=_count, default=3, metavar="N", help="best of so many runs (%(default)s)"
    )
    _json(made)
