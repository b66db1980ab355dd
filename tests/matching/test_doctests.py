"""Every example in the engine's docstrings runs, and the documentation reads as pydoc shows it."""

import doctest
import importlib
import inspect
import pkgutil
import pydoc

import pytest

import matching

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(matching.__path__, "matching.")
    if module.name != "matching.__main__" and not module.name.startswith("matching.assignment.kern")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module_give_what_they_say(name):
    failed, _ = doctest.testmod(importlib.import_module(name), raise_on_error=False)
    assert failed == 0


def test_every_public_name_says_what_it_is_and_what_it_takes():
    for name in matching.__all__:
        words = inspect.getdoc(getattr(matching, name)) or ""
        assert words, name
        if inspect.isfunction(getattr(matching, name)):
            assert "Parameters\n---" in words, name
            assert "Returns\n---" in words, name


def test_pydoc_of_the_engine_reads_as_documentation():
    text = pydoc.plaintext.document(matching)
    assert text.startswith("NAME\n    matching - ")
