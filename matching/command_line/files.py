"""Reading what a command is given and writing what it made; every complaint names the file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

from matching.bundle import Bundle, is_bundle, read_bundle
from matching.errors import FileError, MatchingError
from matching.market import Market, canonical_json
from matching.plan import Plan
from matching.sealing.given import read_market
from matching.sealing.packing import pack, unpack

STREAM = "-"
TOO_DEEP = "not usable, its brackets are nested too deep"


def read_input(path: str) -> Market | Bundle:
    """The market in a file, or the bundle; ``-`` reads standard input."""
    body = _bytes(path)
    try:
        text = unpack(body)
        if is_bundle(text):
            return read_bundle(text)
        return read_market(parse(text, path))
    except FileError:
        raise
    except MatchingError as wrong:
        raise FileError(f"{path}: {wrong}") from None
    except RecursionError:
        raise FileError(f"{path}: {TOO_DEEP}") from None


def read_plan(path: str) -> Plan:
    """The plan in a file."""
    value = parse(unpack(_bytes(path)), path)
    if not isinstance(value, dict):
        raise FileError(f"{path}: a plan is an object, as solve writes it")
    try:
        return Plan.from_dict(value)
    except MatchingError as wrong:
        raise FileError(f"{path}: {wrong}") from None
    except RecursionError:
        raise FileError(f"{path}: {TOO_DEEP}") from None


def parse(text: str, path: str) -> Any:
    """The value of a JSON text, without numbers that are none and without a name given twice."""
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_once)
    except json.JSONDecodeError as wrong:
        place = f"line {wrong.lineno}, column {wrong.colno}"
        raise FileError(f"{path}: not JSON, {wrong.msg} at {place}") from None
    except RecursionError:
        raise FileError(f"{path}: {TOO_DEEP}") from None
    except ValueError as wrong:
        raise FileError(f"{path}: not usable, {wrong}") from None


def write_json(path: str, value: Any) -> None:
    """Write a value as canonical JSON; ``-`` writes standard output."""
    text = canonical_json(value) + "\n"
    if path == STREAM:
        sys.stdout.write(text)
    else:
        Path(path).write_text(text, encoding="utf-8")


def write_bundle(path: str, bundle: Bundle) -> None:
    """Write a sealed bundle, packed if the name ends ``.gz``."""
    Path(path).write_bytes(pack(bundle.text) if path.endswith(".gz") else bundle.text.encode())


def _bytes(path: str) -> bytes:
    return sys.stdin.buffer.read() if path == STREAM else Path(path).read_bytes()


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON knows")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name {twice!r} is given twice in one object")
    return found
