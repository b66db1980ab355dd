"""One text, one hash and one lottery number for one value, the same on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical_json(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, UTF-8, no NaN."""
    return _ENCODER.encode(value)


def texts_json(texts: Iterable[str]) -> list[str]:
    """:func:`canonical_json` of many texts.

    Examples
    --------
    >>> texts_json(["ann", "Zoë"])
    ['"ann"', '"Zoë"']
    """
    return list(map(json.encoder.encode_basestring, texts))


def sha256_of(value: Any) -> str:
    """The SHA-256 of the canonical JSON of ``value``."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def sha256_of_parts(parts: Iterable[str]) -> str:
    """The SHA-256 of a text given in parts, so that a large one is never whole in memory."""
    seal = hashlib.sha256()
    for part in parts:
        seal.update(part.encode())
    return seal.hexdigest()


def lottery_number(seed: int, record_id: str) -> int:
    """The 64-bit lottery number of an id: a keyed hash, the same on every machine.

    Examples
    --------
    >>> lottery_number(7, "ann") == lottery_number(7, "ann")
    True
    >>> lottery_number(7, "ann") == lottery_number(8, "ann")
    False
    """
    drawn = hashlib.blake2b(record_id.encode(), key=str(seed).encode(), digest_size=8)
    return int.from_bytes(drawn.digest(), "big")


def lottery_numbers(seed: int, ids: Iterable[str]) -> npt.NDArray[np.uint64]:
    """:func:`lottery_number` of each id, uint64[N]."""
    empty = hashlib.blake2b(key=str(seed).encode(), digest_size=8)
    drawn = []
    for record_id in ids:
        one = empty.copy()
        one.update(record_id.encode())
        drawn.append(one.digest())
    return np.frombuffer(b"".join(drawn), dtype=">u8").astype(np.uint64)
