"""Outside codes, derived from facts by a versioned mapping file and never typed by a person."""

import hashlib
import tomllib
from collections.abc import Mapping as Facts
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from placements.domain.vocabulary import OutcomeKind

PLACEMENT = "PLACEMENT"
KINDS = (PLACEMENT, *OutcomeKind)
HOURS = "hours_per_week"
Fact = str | float | bool | None


class When(BaseModel):
    """What must be so for a rule to hold; everything that is given."""

    model_config = ConfigDict(extra="forbid")
    kind: str | None = None
    training: Literal["none", "other", "regulated"] | None = None
    is_temporary: bool | None = None
    scheme: str | None = None
    reason: str | None = None
    hours_at_least: float | None = None
    hours_below: float | None = None
    sustained: Literal["yes", "no", "not known"] | None = None
    mainly: Literal["work", "education", "training", "apprenticeship"] | None = None

    @model_validator(mode="after")
    def _knows_the_kind(self) -> "When":
        if self.kind is not None and self.kind not in KINDS:
            raise ValueError(f"{self.kind} is no kind of outcome")
        return self

    def holds(self, facts: Facts[str, Fact]) -> bool:
        """Say whether facts are as this asks."""
        hours = facts.get(HOURS)
        if self.hours_at_least is not None or self.hours_below is not None:
            if not isinstance(hours, int | float):
                return False
            if not (self.hours_at_least or 0) <= hours < (self.hours_below or float("inf")):
                return False
        asked = self.model_dump(exclude_none=True, exclude={"hours_at_least", "hours_below"})
        return all(facts.get(name) == value for name, value in asked.items())


class Rule(BaseModel):
    """One code and what it needs; or, with `blocking`, why there is no code yet."""

    model_config = ConfigDict(extra="forbid")
    when: When
    code: str | None = None
    label: str = ""
    warning: str | None = None
    blocking: str | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Rule":
        if (self.code is None) == (self.blocking is None):
            raise ValueError("a rule gives a code or says what blocks it")
        return self


class Scope(BaseModel):
    """Whom a return is about, by age on its day; None is everybody."""

    model_config = ConfigDict(extra="forbid")
    min_age: int = 0
    max_age: int = 200
    max_age_with_ehcp: int = 200


class ReturnMapping(BaseModel):
    """A return: what its rows are, whom it is about, and its rules, of which the first counts."""

    model_config = ConfigDict(extra="forbid")
    name: str
    version: str
    title: str
    rows: Literal["person", "answer", "sustained"]
    columns: list[str]
    notes: str
    scope: Scope | None = None
    rules: list[Rule]
    sha256: str = ""

    def find_rule(self, facts: Facts[str, Fact]) -> Rule | None:
        """Return the first rule that holds, or None: the return cannot say this."""
        return next((rule for rule in self.rules if rule.when.holds(facts)), None)


def load_mapping(folder: Path, name: str) -> ReturnMapping:
    """Read the newest mapping of a return; raise ValueError that names the file and the fault."""
    files = sorted(folder.glob(f"{name}-*.toml"))
    if not files:
        raise ValueError(f"There is no mapping file {name}-<year>.toml in {folder.name}.")
    text = files[-1].read_bytes()
    try:
        mapping = ReturnMapping.model_validate(tomllib.loads(text.decode()))
    except (ValidationError, tomllib.TOMLDecodeError) as fault:
        raise ValueError(f"{files[-1].name}: {fault}") from fault
    return mapping.model_copy(update={"sha256": hashlib.sha256(text).hexdigest()})


@dataclass(frozen=True)
class Remark:
    """One line of a return's report: about whom, and what is to be looked at."""

    reference: str
    words: str


Line = dict[str, str]


def list_changes(before: list[Line], after: list[Line], key: tuple[str, ...]) -> list[Line]:
    """Return how a return differs from an earlier one: lines added, gone and changed."""
    old, new = ({tuple(line[k] for k in key): line for line in rows} for rows in (before, after))
    found = []
    for at in sorted({*old, *new}):
        if old.get(at) == new.get(at):
            continue
        change = "added" if at not in old else "gone" if at not in new else "changed"
        named = dict(zip(key, at, strict=True))
        was, now = (side.get(at, {}).get("code", "") for side in (old, new))
        found.append({"change": change, **named, "was": was, "now": now})
    return found
