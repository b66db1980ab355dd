"""The engine runs where neither the service nor anything of the web is installed."""

import os
import subprocess
import sys
import tomllib

import pytest

from matching.version import VERSION
from placements.settings import ROOT

BLOCKER = """
import importlib.abc, runpy, sys
ABSENT = {"flask", "sqlalchemy", "werkzeug", "click", "pydantic", "placements", "numba"}

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
"""
COMMAND = BLOCKER + "sys.argv[0] = 'matching'\nrunpy.run_module('matching', run_name='__main__')"
ALL = """
import pkgutil, importlib, matching
for module in pkgutil.walk_packages(matching.__path__, "matching."):
    if module.name != "matching.__main__" and not module.name.startswith(COMPILED):
        importlib.import_module(module.name)
print(sorted(name for name in sys.modules if name.split(".")[0] in ABSENT))
"""


@pytest.fixture
def run(tmp_path):
    """A function that runs Python on the engine alone, in an empty folder."""

    def run_alone(code, *words):
        return subprocess.run(
            [sys.executable, "-c", code, *map(str, words)],
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )

    return run_alone


def test_every_module_of_the_engine_imports_without_the_service(run):
    done = run(
        BLOCKER + "COMPILED = ('matching.assignment.kernel.', 'matching.columnar.kernel.')\n" + ALL
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_a_round_is_solved_sealed_and_verified_without_the_service(run):
    for words in (
        ("generate", "--people", 40, "--placements", 8, "--places", 20, "market.json"),
        ("solve", "market.json", "round.bundle.json.gz"),
        ("verify", "--replay", "round.bundle.json.gz"),
    ):
        done = run(COMMAND, *words)
        assert done.returncode == 0, done.stderr
    assert "nothing false was found" in done.stdout


def test_planted_import_of_the_web_is_found(run):
    assert run(BLOCKER + "import flask").returncode != 0


def test_version_of_the_engine_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["version"] == VERSION
