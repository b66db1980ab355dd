"""Every example in the engine's docstrings runs, and the documentation reads as pydoc shows it."""

import dataclasses
import doctest
import importlib
import inspect
import pkgutil
import pydoc
import re

import pytest

import matching

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(matching.__path__, "matching.")
    if module.name != "matching.__main__" and not module.name.startswith("matching.assignment.kern")
)


@pytest.mark.parametrize("name", ["matching", *MODULES])
def test_examples_of_a_module_give_what_they_say(name):
    failed, _ = doctest.testmod(importlib.import_module(name), raise_on_error=False)
    assert failed == 0


def test_every_public_name_says_what_it_is_and_what_it_takes():
    for name in matching.__all__:
        words = inspect.getdoc(getattr(matching, name)) or ""
        assert words, name
        if inspect.isfunction(getattr(matching, name)):
            for section in ("Parameters", "Returns", "Examples"):
                assert f"\n{section}\n---" in words, name


def test_every_field_of_a_public_value_is_explained_where_it_is_defined():
    for name in matching.__all__:
        kind = getattr(matching, name)
        if dataclasses.is_dataclass(kind):
            words = set(re.findall(r"\w+", inspect.getdoc(kind)))
            fields = {f.name for f in dataclasses.fields(kind) if not f.name.startswith("_")}
            assert fields <= words, (name, fields - words)


def test_the_first_page_names_every_public_function_once():
    words = re.findall(r"``(\w+)``", matching.__doc__)
    assert len(words) == len(set(words))
    functions = {n for n in matching.__all__ if inspect.isfunction(getattr(matching, n))}
    assert functions <= set(words), functions - set(words)
    assert set(words) <= set(matching.__all__), set(words) - set(matching.__all__)


def test_pydoc_of_the_engine_reads_as_documentation():
    text = pydoc.plaintext.document(matching)
    assert text.startswith("NAME\n    matching - ")
