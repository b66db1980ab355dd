"""The command line: what it says, its exit codes, and bad markets refused by name."""

import io
import json
import random
from pathlib import Path

import pytest

from matching import Plan, verify
from matching.canonical import canonical_json, sha256_of
from matching.command_line.files import read_input
from matching.command_line.parser import main, make_parser
from matching.generate import generate
from matching.policy import MECHANISMS

COMMANDS = ("generate", "solve", "verify", "explain", "compare", "bench")


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """A function that runs one command in an empty folder and gives code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run_command(*words):
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:
            code = ended.code
        out, err = capsys.readouterr()
        assert "a fault of this program" not in err
        return code, out, err

    return run_command


@pytest.fixture
def market(run):
    """The name of a file with an invented market."""
    assert run("generate", "--people", 40, "--placements", 8, "--places", 20, "m.json")[0] == 0
    return "m.json"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"example:\n  python -m matching {command}" in out


def test_help_leads_a_stranger_from_a_market_to_a_verified_bundle(run):
    code, out, _ = run("--help")
    steps = [line.split() for line in out.splitlines() if line.startswith("  python -m matching")]
    assert code == 0
    assert {step[3] for step in steps} == {"generate", "solve", "verify", "explain"}
    for step in steps:
        code, out, err = run(*step[3:])
        assert (code, err) == (0, ""), step
        assert out


def test_solve_prints_figures_and_with_json_the_plan(run, market):
    code, out, _ = run("solve", market)
    assert code == 0
    assert "placed  20 of 40, by optimal" in out
    assert "proof   exact" in out
    plan = Plan.from_dict(json.loads(run("solve", market, "--json")[1]))
    assert verify(read_input(market), plan) == []
    _, out, _ = run("solve", market, "--json", "--mechanism", "serial")
    assert json.loads(out)["mechanism"] == "serial"


def test_solve_of_a_bundle_gives_its_plan_again_byte_for_byte(run, market):
    run("solve", market, "r.bundle.json.gz")
    code, out, _ = run("solve", "r.bundle.json.gz", "again.json")
    assert code == 0
    assert "byte for byte" in out
    assert run("solve", market, "two.bundle.json.gz")[0] == 0
    packed = [Path(name).read_bytes() for name in ("r.bundle.json.gz", "two.bundle.json.gz")]
    assert packed[0] == packed[1]


@pytest.mark.parametrize("name", ["r.bundle.json", "r.bundle.json.gz"])
@pytest.mark.parametrize("exact", [(), ("--exact-homes",)])
def test_verify_of_a_bundle_says_what_it_proves(run, market, name, exact):
    run("solve", market, name, *exact)
    code, out, _ = run("verify", "--replay", name)
    assert code == 0
    assert "the plan holds: nothing false was found" in out
    assert ("homes are rounded" in out) == (not exact)
    code, out, _ = run("verify", "--json", name)
    said = json.loads(out)
    assert (code, said["ok"], said["violations"], said["placed"]) == (0, True, [], 20)
    assert {"proof", "hashes", "graph"} < set(said["checked"])


def test_verify_of_a_plan_of_another_market_is_false_and_says_so(run, market):
    run("solve", market, "p.json")
    given = json.loads(Path(market).read_text())
    given["policy"]["seed"] += 1
    Path(market).write_text(json.dumps(given))
    code, out, _ = run("verify", market, "p.json")
    assert code == 1
    assert "FALSE   the plan was made for another market" in out
    code, out, _ = run("verify", "--json", market, "p.json")
    assert (code, json.loads(out)["ok"]) == (1, False)


def test_verify_of_a_changed_bundle_is_false_or_cannot_be_read(run, market):
    run("solve", market, "r.bundle.json")
    text = Path("r.bundle.json").read_text()
    Path("r.bundle.json").write_text(text.replace('"capacity":1', '"capacity":2', 1))
    code, out, _ = run("verify", "r.bundle.json")
    assert code == 1
    assert "FALSE   bundle: its own hash does not fit its contents" in out
    Path("r.bundle.json").write_text(text[:-100])
    code, _, err = run("verify", "r.bundle.json")
    assert code == 2
    assert "cannot be read" in err


def test_explain_prints_sentences_from_a_plan_or_a_bundle(run, market):
    run("solve", market, "p.json")
    run("solve", market, "r.bundle.json")
    code, out, _ = run("explain", market, "p.json", "person-000003")
    assert code == 0
    assert len(out.splitlines()) >= 2
    assert "{" not in out
    receipt = json.loads(run("explain", market, "p.json", "person-000003", "--json")[1])
    assert receipt["candidate"] == "person-000003"
    assert run("explain", "r.bundle.json", "person-03")[0] == 0


def test_compare_lines_up_mechanisms_and_lists_who_changes(run, market):
    code, out, _ = run("compare", market)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["mechanism", *MECHANISMS]
    ways = ("--mechanism", "optimal", "--mechanism", "nearest", "--certain")
    rows = json.loads(run("compare", market, *ways, "--json")[1])
    assert [row["uncertain_places"] for row in rows] == [True, False] * 2
    _, out, _ = run("compare", market, *ways[:4], "--people")
    assert "who changes from optimal to nearest" in out
    assert out.count(" -> ") == len(rows[2]["changes"]) > 0


def test_compare_leaves_out_a_mechanism_that_cannot_keep_the_rules_and_says_so(run, market):
    given = json.loads(Path(market).read_text())
    given["policy"]["shares"] = [["care_leaver", 0, 50]]
    Path(market).write_text(json.dumps(given))
    code, out, err = run("compare", market)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["mechanism", "optimal"]
    assert err.count("left out: ") == 3
    assert run("compare", market, "--mechanism", "serial")[0] == 2


def test_bench_times_the_steps_of_a_verified_plan(run):
    sizes = ("--people", 30, "--placements", 5, "--places", 12, "--repeat", 1)
    code, out, _ = run("bench", *sizes)
    assert code == 0
    assert {"solve", "verify"} <= {line.split()[0] for line in out.splitlines()}
    assert json.loads(run("bench", *sizes, "--json")[1])["people"] == 30


@pytest.mark.parametrize("how", ["lines", "steps.txt", "none", "auto"])
def test_progress_is_lines_for_a_program_and_nothing_off_a_terminal(run, market, how, tmp_path):
    code, _, err = run("solve", market, "--progress", how)
    assert code == 0
    written = (tmp_path / how).read_text() if how == "steps.txt" else err
    steps = [json.loads(line) for line in written.splitlines()]
    if how in ("none", "auto"):
        assert steps == []
    else:
        assert [step["done"] for step in steps] == [0, 1, 2, 3, 4]
        assert steps[-1]["step"] == "done"


def test_progress_bar_is_wiped_at_the_end(run, market):
    _, _, err = run("solve", market, "--progress", "bar")
    assert "2/4 match" in err
    assert err.endswith("\r\x1b[K")


PERSON, PLACE = {"id": "a", "choices": ["p"]}, {"id": "p"}


def bad(people=(PERSON,), places=(PLACE,), policy=None, **more):
    return json.dumps(
        {"candidates": list(people), "placements": list(places), "policy": policy or {}} | more
    )


BAD = [
    ("", "m.json: not JSON, Expecting value at line 1, column 1"),
    ("[]", "a market is an object"),
    ("{", "not JSON"),
    ("nul", "not JSON"),
    ("3", "a market is an object"),
    ("[" * 100_000, "nested too deep"),
    ('{"candidates": [], "candidates": [], "placements": []}', "'candidates' is given twice"),
    ('{"candidates": 3, "placements": []}', "candidates must be a list"),
    ('{"candidates": [3], "placements": []}', "candidates[0] must be an object"),
    ('{"candidates": [], "placements": [], "policy": 3}', "3"),
    ('{"candidates": [], "placements": [], "shoe": 3}', "unknown field 'shoe'"),
    (bad([{**PERSON, "lat": float("nan")}]), "NaN is not a number"),
    (bad([{**PERSON, "lat": 1}]).replace("1", "1e999"), "Candidate a: lat inf"),
    (bad([{**PERSON, "lat": float("-inf")}]), "-Infinity is not a number"),
    (bad([{**PERSON, "lat": 91}]), "Candidate a: lat 91"),
    (bad([{**PERSON, "lat": "north"}]), "Candidate a: lat 'north'"),
    (bad([{**PERSON, "max_minutes": -1}]), "Candidate a: max_minutes -1"),
    (bad([{**PERSON, "max_minutes": 10**30}]), "Candidate a: max_minutes"),
    (bad([{**PERSON, "max_minutes": 7}]).replace("7", "9" * 5000), "not usable"),
    (bad([{**PERSON, "max_minutes": 1.5}]), "Candidate a: max_minutes 1.5"),
    (bad([{**PERSON, "born_on": "2009-02-30"}]), "Candidate a: born_on '2009-02-30'"),
    (bad([{**PERSON, "choices": ["p", "p"]}]), "Candidate a: choices"),
    (bad([{**PERSON, "shoe": 3}]), "unknown field 'shoe'"),
    (bad([{"choices": []}]), "id"),
    (bad([{"id": ""}]), "id ''"),
    (bad([{"id": "\ud800"}]), "is not a text"),
    (bad([PERSON, PERSON]), "Candidate a: the id is given twice"),
    (bad(places=[{**PLACE, "capacity": -1}]), "Placement p: capacity -1"),
    (bad(places=[{**PLACE, "capacity": True}]), "Placement p: capacity True"),
    (bad(places=[{**PLACE, "capacity": 2**40}]), "Placement p: capacity"),
    (bad(places=[{**PLACE, "shifts": [[7, 0, 1]]}]), "Placement p: shifts"),
    (bad(places=[{**PLACE, "ranking": ["a", "a"]}]), "Placement p: ranking"),
    (bad(policy={"mechanism": "magic"}), "mechanism 'magic'"),
    (bad(policy={"seed": 0.5}), "seed"),
    (bad(policy={"seed": 2**70}), "seed must fit 64 bits"),
    (bad(policy={"travel": "none", "pins": [["b", "p"]]}), "pin b to p names no such record"),
    (bad(policy={"travel": "none", "pins": [["a", "q"]]}), "pin a to q names no such record"),
    (bad(policy={"travel": "none", "pins": [["a", "p"]] * 2}), "a is pinned twice"),
    (bad(policy={"travel": "none", "pins": [["a"]]}), "is not (candidate, placement)"),
    (
        bad(
            [PERSON, {"id": "b"}],
            policy={"travel": "none", "pins": [["a", "p"], ["b", "p"]]},
        ),
        "a to p; b to p",
    ),
    (bad(places=[{"id": "p", "needs": ["van"]}], policy={"pins": [["a", "p"]]}), "a to p"),
    (bad(host_caps={"e": -1}), "host cap of e"),
    (bad(host_caps={"e": 1.5}), "host cap of e"),
    (bad(host_caps=[]).replace("[]}", "[1]}"), "host_caps must be an object"),
    (bad(lottery={"a": -1, "p": 2}), "lottery: -1 of a"),
    (bad(lottery={"p": 2}), "lottery: no number is given for a"),
    (bad(lottery=[]), "lottery must be an object"),
    (bad(host_caps=[]), "host_caps must be an object"),
    (bad(policy={"only_ranked": "yes"}), "only_ranked 'yes' is not a bool"),
    (bad([{**PERSON, "choices": 3}]).replace("3", "[" * 900 + "]" * 900), "nested too deep"),
    (bad(travel={"model": "magic"}), "travel"),
    (bad(travel=3), "travel"),
]


@pytest.mark.parametrize(("text", "said"), BAD, ids=range(len(BAD)))
def test_bad_market_is_refused_by_file_record_and_field(run, tmp_path, text, said):
    (tmp_path / "m.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    code, out, err = run("solve", "m.json", "p.json")
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith("matching solve: ")
    assert "Traceback" not in err
    assert not (tmp_path / "p.json").exists()


@pytest.mark.parametrize("words", [("solve", "none.json"), ("solve", "."), ("verify", "m.json")])
def test_missing_file_folder_or_plan_is_named(run, market, words):
    code, _, err = run(*words)
    assert code == 2
    assert words[1] in err


def test_file_that_is_not_text_is_refused(run, tmp_path):
    (tmp_path / "m.json").write_bytes(b"\xff\xfe{")
    code, _, err = run("solve", "m.json")
    assert code == 2
    assert "byte 0 is not UTF-8" in err


def test_unknown_person_or_a_second_plan_is_refused(run, market):
    run("solve", market, "p.json")
    run("solve", market, "r.bundle.json")
    assert "nobody is not in the market" in run("explain", market, "p.json", "nobody")[2]
    assert "leave p.json out" in run("verify", "r.bundle.json", "p.json")[2]
    assert run("verify", market, market)[0] == 2
    assert run("solve", "p.json")[0] == 2


@pytest.mark.parametrize("number", ["-1", "x", "99999999999"])
def test_generate_of_an_impossible_size_is_refused(run, number):
    code, _, err = run("generate", "--people", number, "m.json")
    assert code == 2
    assert number in err


@pytest.mark.parametrize(
    ("people", "places"),
    [([], []), ([PERSON], []), ([], [PLACE]), ([PERSON], [{**PLACE, "capacity": 0}])],
)
def test_market_with_nobody_to_place_gives_an_empty_plan_that_verifies(
    run, tmp_path, people, places
):
    (tmp_path / "m.json").write_text(bad(people, places, {"travel": "none"}))
    assert run("solve", "m.json", "p.json")[0] == 0
    code, out, _ = run("verify", "--json", "m.json", "p.json")
    assert (code, json.loads(out)["placed"]) == (0, 0)
    assert run("solve", "m.json", "r.bundle.json.gz")[0] == 0
    assert run("verify", "r.bundle.json.gz")[0] == 0


NASTY = (None, True, -1, 0, 3, 1.5, 1e308, 10**19, "", "p", "a", "\u0000", [], [[]], {}, ["p"], [0])


@pytest.mark.parametrize("block", range(8))
def test_market_with_any_value_replaced_is_solved_or_refused_in_words(run, tmp_path, block):
    plain = json.dumps(generate(6, 3, 5, seed=1).to_dict())
    rng = random.Random(block)
    for case in range(40):
        print("block", block, "case", case)
        value = json.loads(plain)
        for _ in range(rng.randrange(1, 3)):
            holder, key = rng.choice(list(leaves(value)))
            holder[key] = rng.choice(NASTY)
        (tmp_path / "m.json").write_text(json.dumps(value))
        code, _, err = run("solve", "m.json", "p.json")
        assert code in (0, 2)
        assert bool(err) == (code == 2)
        if code == 0:
            assert run("verify", "m.json", "p.json")[0] == 0


@pytest.mark.parametrize("block", range(5))
def test_bundle_with_any_value_replaced_and_sealed_again_is_false_in_words(run, tmp_path, block):
    (tmp_path / "m.json").write_text(json.dumps(generate(6, 3, 5, seed=1).to_dict()))
    run("solve", "m.json", "r.bundle.json")
    text, rng = Path("r.bundle.json").read_text(), random.Random(block)
    for case in range(30):
        print("block", block, "case", case)
        document = json.loads(text)
        del document["sha256"]
        parts = {name: document[name] for name in ("market", "plan", "graph", "hashes")}
        holder, key = rng.choice(list(leaves(parts)))
        holder[key] = rng.choice(NASTY)
        document |= parts
        document["sha256"] = sha256_of(document)
        changed = canonical_json(document) + "\n"
        (tmp_path / "c.bundle.json").write_text(changed)
        code, _, err = run("verify", "c.bundle.json")
        assert code == (0 if changed == text else 2 if err else 1)
        assert run("explain", "c.bundle.json", "person-1")[0] in (0, 2)


def test_market_from_standard_input_gives_its_plan_on_standard_output(run, market, monkeypatch):
    body = Path(market).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(body)))
    code, out, err = run("solve", "-", "-")
    assert (code, err) == (0, "")
    assert verify(read_input(market), Plan.from_dict(json.loads(out))) == []


def leaves(value):
    """Every place inside a value, as its holder and key."""
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, inner in pairs:
        yield value, key
        if isinstance(inner, dict | list):
            yield from leaves(inner)


def test_debug_shows_a_traceback_and_nothing_else_does(run):
    assert "Traceback" in run("--debug", "solve", "none.json")[2]
    assert "Traceback" not in run("solve", "none.json")[2]


def test_parser_knows_every_command_and_no_other():
    subparsers = next(a for a in make_parser()._actions if a.dest == "command")
    assert tuple(subparsers.choices) == COMMANDS
