"""What imports cannot show about the tree: addresses, sizes, who sets a state."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "placements/settings.py"
FILE_LINES, FUNCTION_LINES, KERNEL_LINES = 400, 60, 120
TABLES_OF_DATA = ("placements/migrations/versions/",)
INDEX_HOSTS = ("py" + "pi.org", "python" + "hosted", "npm" + "js.org", "/sim" + "ple/")
MACHINE_PATHS = ("/wo" + "rk/", "/ho" + "me/", "/ro" + "ot/", "/opt/" + "wheels")
ADDRESS = re.compile("|".join(map(re.escape, (*INDEX_HOSTS, *MACHINE_PATHS))))
PIP_OPTION = re.compile(r"^--(?:extra-)?(?:index-url|find-links)", re.MULTILINE)


def tracked_texts():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file():
            try:
                yield name, path.read_text()
            except UnicodeDecodeError:
                continue


def python_sources():
    for name, text in tracked_texts():
        if name.endswith(".py") and not name.startswith(TABLES_OF_DATA):
            yield name, text


def find_addresses(text):
    return sorted({*ADDRESS.findall(text), *PIP_OPTION.findall(text)})


def is_compiled(function):
    """A compiled kernel may be longer: cut in pieces, each call would be paid in its loop."""
    return any(getattr(mark, "id", "") == "compiled" for mark in function.decorator_list)


def find_long_functions(text):
    """Find functions whose code, docstring apart, is too long."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = (ast.get_docstring(node, clean=False) or "").splitlines()
            lines = node.end_lineno - node.lineno + 1 - len(docstring)
            if lines > (KERNEL_LINES if is_compiled(node) else FUNCTION_LINES):
                yield f"{node.name}: {lines} lines"


def find_set_states(text):
    """Find lines that assign to an attribute named `state`."""
    for node in ast.walk(ast.parse(text)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        flat = [part for t in targets for part in getattr(t, "elts", [t])]
        if any(isinstance(t, ast.Attribute) and t.attr == "state" for t in flat):
            yield node.lineno


def test_no_tracked_file_holds_an_index_address_or_a_machine_path():
    found = {name: find_addresses(text) for name, text in tracked_texts()}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_no_file_is_longer_than_the_house_allows():
    lengths = {name: text.count("\n") for name, text in python_sources()}
    assert {name: n for name, n in lengths.items() if n > FILE_LINES} == {}


def test_no_function_is_longer_than_the_house_allows():
    found = {name: list(find_long_functions(text)) for name, text in python_sources()}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_only_transitions_set_a_state():
    rooms = ((n, t) for n, t in python_sources() if n.startswith("placements/"))
    found = {name for name, text in rooms if list(find_set_states(text))}
    assert found == {"placements/services/transitions.py"}


def test_ci_calls_exactly_what_the_readme_says():
    commands = re.findall(r"^make \w+", (ROOT / "README.md").read_text(), re.MULTILINE)
    verbs = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert commands
    assert {command.split()[1] for command in commands} <= set(verbs)
    assert (ROOT / ".ci/run").read_text().rstrip().endswith("\nmake test")


@pytest.mark.parametrize(
    "planted",
    ["see https://" + INDEX_HOSTS[0], "--find-links here", "open " + MACHINE_PATHS[0] + "main"],
)
def test_a_planted_address_is_found(planted):
    assert find_addresses(planted)


@pytest.mark.parametrize(
    "planted",
    ["x.state = 'live'", "x.state, y = 'live', 1", "x.state: str = 'a'", "x.state += 'b'"],
)
def test_a_planted_state_is_found(planted):
    assert list(find_set_states(planted)) == [1]


def test_a_planted_long_function_is_found():
    body = "\n".join(["    pass"] * FUNCTION_LINES)
    assert list(find_long_functions(f"def planted():\n{body}\n")) == ["planted: 61 lines"]


def test_every_setting_read_is_in_the_readme():
    read = set(re.findall(r'environment\.get\(\s*"([A-Z_]+)"', (ROOT / SETTINGS).read_text()))
    assert read
    assert {name for name in read if f"`{name}`" not in (ROOT / "README.md").read_text()} == set()
