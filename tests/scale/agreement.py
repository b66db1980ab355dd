"""Hold every place that tells the funnel to the command, to the person, over the whole demo.

`python -m scale.agreement [FOLDER] [--people N --placements N]` makes the demo in the folder, if it
is not there, and compares what `placements funnel --json` counts, whole and by each key, with the
page, its lists and its file, what programs read, the open data and the sealed bundles. It makes the
returns of three days twice and compares their bytes. From all numbers that are shown it tries to
work out a count of one to four people by subtraction. It prints a line a comparison and what
differs, and ends with 1 if anything does.
"""

import argparse
import csv
import io
import json
import re
import sys
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from click.testing import CliRunner
from crawl.demo import open_demo
from factories.attacks import attack, read_shown
from sqlalchemy import select
from web.visitor import Visitor

from placements import clock
from placements.cli_outcomes import funnel_command, report_command, returns_command
from placements.domain.funnel import KEYS, KEYS_WITH_PLACES
from placements.domain.measures import IN_ROUND, PUBLISHED_KEYS, SQUARES, WHOLE
from placements.domain.permissions import Actor
from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.accounts import Account, AuthorityMember
from placements.models.candidates import Application
from placements.models.placements import Placement
from placements.services import api_keys, bundles, open_data, returns
from placements.services.public_figures import list_released

ON_PAGE = ("round", "provider", "employer", "sector", "district", "group")
LISTS = {"": "ids", "unknown": "unknown_ids", "early": "early_ids", "no": "no_ids"}
NUMBER = re.compile(
    r'data-label="Step">\s*(\w+)\s*</td>.*?data-label="Number">\s*(?:<a[^>]*>)?([\d,]+)', re.DOTALL
)
LISTED = re.compile(r'data-label="Reference">\s*(.*?)\s*</td>')
BACK = (240, 120, 1)
MOST_SHOWN = 20


class Compared:
    """What was compared with the command, how often, and where it differs."""

    def __init__(self):
        self.times, self.wrong = Counter(), []

    def equal(self, what, where, told, by_command):
        """Note one comparison."""
        self.times[what] += 1
        if told != by_command:
            self.wrong.append(f"{what}, {where}: {told!r:.120} and by command {by_command!r:.120}")


def run(command, *words):
    """Run a command as staff and return what it prints."""
    done = CliRunner().invoke(command, words)
    assert done.exit_code in (0, 1), (command.name, words, done.output, done.exception)
    return done.stdout


def find_staff():
    """Return the account, the address and the region of the operator."""
    rows = select(Account.id, Account.email, AuthorityMember.region_id).join(AuthorityMember)
    return db.session.execute(rows.where(AuthorityMember.power == "operator")).first()


def read_references(region_id):
    """Return how pages name what the command tells by id: people, pledges and placements."""
    rows = select(Application.candidate_id, Application.reference)
    rows = rows.where(Application.region_id == region_id).order_by(Application.reference)
    people = dict(tuple(row) for row in db.session.execute(rows))
    rows = select(Placement.id, Placement.reference)
    places = dict(tuple(row) for row in db.session.execute(rows))
    return {"people": people.get, "pledged": "Pledge {}".format, "published": places.get}


def list_all(staff, path):
    """Read every page of a list of records."""
    found, number = [], 1
    while rows := LISTED.findall(staff.get(f"{path}&page={number}").html):
        found, number = [*found, *rows], number + 1
    return sorted(found)


def compare_page(compared, staff, names, stages, asked):
    """Compare a page, its file and its lists with the stages of the command."""
    html = staff.get(f"/authority/funnel?{asked}").html
    by_command = {stage["name"]: stage["n"] for stage in stages}
    told = {name.lower(): int(n.replace(",", "")) for name, n in NUMBER.findall(html)}
    compared.equal("page", asked, {name: told.get(name) for name in by_command}, by_command)
    if "The numbers differ" in html:
        compared.wrong.append(f"page, {asked}: it says itself that numbers differ")
    lines = csv.DictReader(io.StringIO(staff.get(f"/authority/funnel.csv?{asked}").html))
    lines = {line["stage"]: line for line in lines}
    for stage in stages:
        line = lines[stage["name"]]
        told = [int(line[name]) for name in ("n", "not_yet_known", "too_early")]
        lengths = [len(stage["unknown_ids"]), len(stage["early_ids"])]
        compared.equal("file", f"{asked} {stage['name']}", told, [stage["n"], *lengths])
        for show, ids in LISTS.items():
            if not stage[ids]:
                continue
            name_of = names.get(stage["name"], names["people"])
            listed = list_all(staff, f"/authority/funnel/{stage['name']}?{asked}&show={show}")
            own = sorted(name_of(one) for one in stage[ids])
            compared.equal("list", f"{asked} {stage['name']} {show}", listed, own)


def compare_program(compared, app, key, stages):
    """Compare what a program reads with the command."""
    reply = app.test_client().get("/api/v1/funnel", headers={"Authorization": f"Bearer {key}"})
    told = {one["name"]: (one["n"], one["n_unknown"]) for one in reply.json["stages"]}
    own = {stage["name"]: (stage["n"], len(stage["unknown_ids"])) for stage in stages}
    compared.equal("program", "/api/v1/funnel", told, own)


def compare_row(compared, where, row, stages):
    """Compare a row of the open data with the command, where it is not kept back."""
    own = {}
    for stage in stages:
        n, unknown, no = stage["n"], len(stage["unknown_ids"]), len(stage["no_ids"])
        own |= {
            stage["name"]: n,
            f"of_{stage['name']}": n + no + unknown,
            f"known_{stage['name']}": n + no,
        }
    for measure, n in row["counts"].items():
        if n is not None:
            compared.equal("open data", f"{where} {measure}", n, own[measure])


def compare_files(compared, public, email, folder):
    """Compare the open data's files with one another and with the command's; return the JSON."""
    run(report_command, "--as", email, "--out", str(folder))
    for path in sorted(folder.iterdir()):
        compared.equal(
            "open data's file",
            path.name,
            public.get(f"/results/{path.name}").reply.get_data(),
            path.read_bytes(),
        )
    figures = json.loads((folder / "figures.json").read_text())
    tables = [("", table) for table in (*figures["tables"], figures["now"])]
    tables += [(one["name"], table) for one in figures["rounds"] for table in one["tables"]]
    in_json = {
        (table["by"], of, row["name"], measure): "" if n is None else str(n)
        for of, table in tables
        for row in table["rows"]
        for measure, n in (*row["counts"].items(), *row["percents"].items())
    }
    lines = csv.DictReader(io.StringIO((folder / "figures.csv").read_text()))
    in_csv = {
        tuple(line[name] for name in ("table", "round", "row", "measure")): line["value"]
        for line in lines
    }
    compared.equal("open data's file", "CSV beside JSON", in_csv, in_json)
    return figures


def compare_rounds(compared, operator, figures, by_round):
    """Compare a round's own tables with its sealed bundle and with its row of the funnel."""
    released = {one.name: one.id for one in list_released("west_midlands")}
    compared.equal("round", "names", [one["name"] for one in figures["rounds"]], list(released))
    for one in figures["rounds"]:
        tables = {table["by"]: table["rows"] for table in one["tables"]}
        sealed = bundles.get_bundle(operator, released[one["name"]]).document
        n_sealed = len(sealed["market"]["candidates"]) + len(sealed["blank"].get("candidates", ()))
        told = tables[WHOLE][0]["counts"][IN_ROUND]
        compared.equal("bundle", one["name"], told, n_sealed)
        matched = {stage["name"]: stage["n"] for stage in by_round[one["name"]]}["matched"]
        squares = [row["counts"]["matched"] or 0 for row in tables[SQUARES]]
        shown_or_more = tables[WHOLE][0]["counts"]["matched"] or matched
        compared.equal("round", f"{one['name']} matched", shown_or_more, matched)
        compared.equal("round", f"{one['name']} squares", sum(squares) <= matched, True)


def compare_returns(compared, email, folder):
    """Make the returns of three days twice, into two folders, and compare their bytes."""
    days = [clock.today() - timedelta(days=n) for n in BACK]
    for name in returns.RETURNS:
        for before, day in zip((None, *days), days, strict=False):
            words = [name, "--as", email, "--as-known-on", f"{day:%Y-%m-%d}"]
            words += ["--since", f"{before:%Y-%m-%d}"] if before else []
            made = [folder / turn / name / f"{day}" for turn in ("first", "again")]
            for out in made:
                run(returns_command, *words, "--out", str(out))
            first, again = ({p.name: p.read_bytes() for p in out.iterdir()} for out in made)
            compared.equal("return twice", f"{name} of {day}", first, again)
            n_lines = first[f"{name}-{day}.csv"].count(b"\n") - 1
            print(f"  {name} as known on {day}: {n_lines} lines, {len(first)} files")


def attack_figures(compared, operator, figures):
    """Subtract what is shown of everybody from what is shown of most: nothing small comes out."""
    cells, shown = open_data.count_published(operator).cells(), read_shown(figures)
    leaks = attack(cells, cells.keys() - shown.keys())
    compared.equal("attack", f"{len(shown)} of {len(cells)} numbers shown", leaks, [])
    print(f"  attack: {len(shown):,} of {len(cells):,} numbers shown, {len(leaks)} give few away")


def compare_all(app, folder):
    """Make every comparison; return what was compared."""
    compared = Compared()
    account_id, email, region_id = find_staff()
    operator = Actor(Role.OPERATOR, account_id, region_id=region_id)
    staff, names = Visitor(app).sign_in(account_id), read_references(region_id)
    figures = compare_files(compared, Visitor(app), email, folder / "report")
    tables = {
        table["by"]: {row["name"]: row for row in table["rows"]} for table in figures["tables"]
    }
    stages = json.loads(run(funnel_command, "--json", "--as", email))
    compare_page(compared, staff, names, stages, "")
    compare_program(compared, app, api_keys.make_key(operator, "Agreement"), stages)
    compare_row(compared, WHOLE, tables[WHOLE]["The whole region"], stages)
    by_round = {}
    for key in KEYS:
        parts = json.loads(run(funnel_command, "--json", "--by", key, "--as", email))
        for part in parts:
            if key == "round":
                by_round[part["name"]] = part["stages"]
            if key in ON_PAGE and part["value"] not in (None, "none"):
                both = part["stages"] if key in KEYS_WITH_PLACES else people_of(part)
                compare_page(compared, staff, names, both, f"{key}={part['value']}")
            if key in PUBLISHED_KEYS:
                compare_row(
                    compared, f"{key} {part['name']}", tables[key][part["name"]], people_of(part)
                )
        print(f"  by {key}: {len(parts)} parts")
    compare_rounds(compared, operator, figures, by_round)
    attack_figures(compared, operator, figures)
    compare_returns(compared, email, folder)
    return compared


def people_of(part):
    """Return the stages of a part that count people."""
    return [stage for stage in part["stages"] if stage["counts"] == "people"]


def main() -> None:
    """Compare over the demo of a folder."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", nargs="?", type=Path)
    asked.add_argument("--people", type=int, default=3000)
    asked.add_argument("--placements", type=int, default=350)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as home:
        app = open_demo(given.folder or Path(home) / "demo", given.people, given.placements)
        with app.app_context():
            compared = compare_all(app, Path(home) / f"{date.today()}")
    for what, n in sorted(compared.times.items()):
        print(f"{what}: {n:,} compared")
    for words in compared.wrong[:MOST_SHOWN]:
        print(f"DIFFERS {words}")
    print(f"{sum(compared.times.values()):,} comparisons, {len(compared.wrong)} differ")
    sys.exit(bool(compared.wrong))


if __name__ == "__main__":
    main()
