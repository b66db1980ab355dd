"""Rows of the files as typed values; each message says what to write."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from placements.domain.addresses import normal_mobile
from placements.domain.csv_rows import Problem, SentRow
from placements.domain.import_columns import LIST_SEPARATOR, WEEKDAY_COLUMNS
from placements.domain.postcodes import normalise_postcode
from placements.domain.vocabulary import CheckpointKind, OutcomeKind

MODES = ("walk", "cycle", "bus", "train", "car")
SPAN = re.compile(r"(\d{1,2})[:.](\d{2})\s*[-\u2013]\s*(\d{1,2})[:.](\d{2})")
DAY_MINUTES = 24 * 60
TOLD_KINDS = tuple(kind.value for kind in OutcomeKind if kind is not OutcomeKind.UNCONTACTABLE)
"""What somebody may be told to do; that they could not be reached is said by tries alone."""


def _date(sent: Any) -> date | None:
    text = str(sent).strip()
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise ValueError("Write a date like 2027-01-11 or 11/01/2027.")


def _yes_no(sent: Any) -> bool | None:
    text = str(sent).strip().lower()
    if text in ("", "not known"):
        return None
    if text in ("yes", "y", "true", "1"):
        return True
    if text in ("no", "n", "false", "0"):
        return False
    raise ValueError("Write yes or no, or leave it empty.")


def _list(sent: Any) -> list[str]:
    return [part.strip() for part in str(sent).split(LIST_SEPARATOR) if part.strip()]


def _text(sent: Any) -> str | None:
    return str(sent).strip() or None


def _postcode(sent: Any) -> str:
    found = normalise_postcode(str(sent))
    if found is None:
        raise ValueError("Write a full UK postcode, like WS1 1TP.")
    return found


def _email(sent: Any) -> str | None:
    text = str(sent).strip().lower()
    if text and not re.fullmatch(r"[^@\s,;<>]{1,64}@[^@\s,;<>]+\.[^@\s,;<>]{2,}", text):
        raise ValueError("Write one email address, like name@mail.example.")
    return text or None


def _mobile(sent: Any) -> str | None:
    text = str(sent).strip()
    if not text:
        return None
    written = normal_mobile(text)
    if written is None:
        raise ValueError("Write a mobile number, like 07700 900123.")
    return written


def _number(sent: Any) -> int | None:
    text = str(sent).strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{1,4}", text):
        raise ValueError("Write a whole number, like 3.")
    return int(text)


def _code(sent: Any) -> str:
    return str(sent).strip().upper()


def _maybe_code(sent: Any) -> str | None:
    return _code(sent) or None


def _hours(sent: Any) -> float | None:
    text = str(sent).strip()
    if not text:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", text):
        raise ValueError("Write hours a week, like 30 or 37.5.")
    return float(text)


def _training(sent: Any) -> str | None:
    text = str(sent).strip().lower()
    if text in ("", "none", "other", "regulated"):
        return text or None
    raise ValueError("Write none, other or regulated, or leave it empty.")


Text = Annotated[str, BeforeValidator(_text), Field(max_length=200)]
MaybeText = Annotated[Annotated[str, Field(max_length=5000)] | None, BeforeValidator(_text)]
MaybeShortText = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_text)]
Date = Annotated[date, BeforeValidator(_date)]
MaybeDate = Annotated[date | None, BeforeValidator(_date)]
YesNo = Annotated[bool | None, BeforeValidator(_yes_no)]
Codes = Annotated[list[str], BeforeValidator(_list)]
Postcode = Annotated[str, BeforeValidator(_postcode)]
Email = Annotated[str, BeforeValidator(_email)]
MaybeEmail = Annotated[str | None, BeforeValidator(_email)]
MaybeMobile = Annotated[str | None, BeforeValidator(_mobile)]
Count = Annotated[int, BeforeValidator(_number)]


def _spans(values: dict[str, Any]) -> dict[str, Any]:
    spans: list[list[int]] = []
    for weekday, column in enumerate(WEEKDAY_COLUMNS):
        for part in _list(values.get(column, "")):
            spans.append([weekday, *_span(column, part)])
    return {**values, "spans": spans}


def _span(column: str, part: str) -> tuple[int, int]:
    found = SPAN.fullmatch(part)
    hours = [int(number) for number in found.groups()] if found else []
    if not hours or hours[0] > 23 or hours[2] > 24 or max(hours[1], hours[3]) > 59:
        raise ValueError(f"{column}|Write from and to on a 24-hour clock, like 09:00-17:00.")
    start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    return start, end if end > start else end + DAY_MINUTES


class FileRow(BaseModel):
    """What the files share."""

    model_config = ConfigDict(extra="ignore")
    reference: Annotated[Text, Field(max_length=20, pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$")]
    spans: list[list[int]]

    @property
    def key(self) -> str:
        """What no two rows of a file may share."""
        return self.reference

    @model_validator(mode="before")
    @classmethod
    def _read_days(cls, values: dict[str, Any]) -> dict[str, Any]:
        return _spans(values)


class PlacementRow(FileRow):
    """One placement of the placements file."""

    employer: Text
    employer_email: Email
    site_name: Text
    site_postcode: Postcode
    insurance_expires: Date
    risk_assessed: Date
    title: Text
    sector: Text
    summary: Annotated[str, BeforeValidator(_text), Field(max_length=5000)]
    start_from: Date
    start_to: Date
    weeks: Annotated[Count, Field(ge=1, le=52)]
    sure_of: Annotated[Count, Field(ge=0)]
    likely: Annotated[Count, Field(ge=1, le=500)]
    most: Annotated[Count, Field(ge=1, le=500)]
    fewest_to_run: Annotated[Annotated[int, Field(ge=1)] | None, BeforeValidator(_number)] = None
    min_age: Annotated[Annotated[int, Field(ge=16, le=24)] | None, BeforeValidator(_number)] = None
    needs: Codes = []
    dbs_reason: MaybeText = None
    adjustments: MaybeText = None
    travel_support: MaybeText = None
    pay: MaybeText = None
    supervisor_name: Text
    supervisor_role: Text

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if not self.sure_of <= self.likely <= self.most:
            raise ValueError(
                "likely|Write sure_of, likely and most so that none is below the last."
            )
        if self.start_to < self.start_from:
            raise ValueError("start_to|Write a last start that is not before the first.")
        if not self.spans:
            raise ValueError("mon|Write the hours of at least one day, like 09:00-17:00.")
        if any("dbs" in need for need in self.needs) and not self.dbs_reason:
            raise ValueError("dbs_reason|Write why the role allows a DBS check.")
        return self


class ApplicationRow(FileRow):
    """One young person of the applications file."""

    provider: MaybeText = None
    name: Text
    preferred_name: MaybeText = None
    date_of_birth: Date
    email: MaybeEmail = None
    mobile: MaybeMobile = None
    postcode: Postcode
    guardian_contact: MaybeText = None
    ehcp: YesNo = None
    access_needs: MaybeText = None
    right_to_work: YesNo = None
    consent: YesNo = None
    modes: Codes = []
    max_minutes: Annotated[Annotated[int, Field(ge=5, le=180)] | None, BeforeValidator(_number)] = (
        None
    )
    start_from: Date
    start_to: MaybeDate = None
    sectors: Codes = []
    choices: list[str] = []
    never_placements: Codes = []
    never_employers: Codes = []
    never_sectors: Codes = []
    needs_met: Codes = []
    priority: Codes = []
    before: Annotated[str | None, BeforeValidator(_maybe_code)] = None

    @model_validator(mode="before")
    @classmethod
    def _gather_choices(cls, values: dict[str, Any]) -> dict[str, Any]:
        ranked = [str(values.get(f"choice_{n}", "")).strip() for n in range(1, 7)]
        return {**values, "choices": [choice for choice in ranked if choice]}

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if not self.email and not self.mobile:
            raise ValueError("email|Write an email address or a mobile number.")
        unknown = [mode for mode in self.modes if mode not in MODES]
        if unknown:
            raise ValueError(f"modes|Write only {', '.join(MODES)}, with ; between.")
        if len(set(self.choices)) != len(self.choices):
            raise ValueError("choice_1|Write each placement once.")
        if self.before not in (None, *TOLD_KINDS):
            raise ValueError(f"before|Write one of: {', '.join(TOLD_KINDS)}; or leave it empty.")
        return self


class OutcomeRow(FileRow):
    """What somebody is doing, as the answer to one question."""

    question: Annotated[str, BeforeValidator(_code)]
    kind: Annotated[str, BeforeValidator(_code)]
    since: MaybeDate = None
    until: MaybeDate = None
    hours: Annotated[Annotated[float, Field(gt=0, le=100)] | None, BeforeValidator(_hours)] = None
    temporary: YesNo = None
    training: Annotated[str | None, BeforeValidator(_training)] = None
    scheme: MaybeShortText = None
    with_whom: MaybeShortText = None
    hired: YesNo = None
    reason: MaybeText = None
    evidence: MaybeText = None

    @property
    def key(self) -> str:
        """One row a person and question."""
        return f"{self.reference} {self.question}"

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        asked = [kind.value for kind in CheckpointKind]
        if self.question not in asked:
            raise ValueError(f"question|Write one of: {', '.join(asked)}.")
        if self.kind not in TOLD_KINDS:
            raise ValueError(f"kind|Write one of: {', '.join(TOLD_KINDS)}.")
        if self.since and self.until and self.until < self.since:
            raise ValueError("until|Write a last day that is not before the first.")
        return self


def read_row(kind: type[FileRow], row: SentRow) -> FileRow | list[Problem]:
    """Return the typed row, or every problem found in it."""
    try:
        return kind.model_validate(dict(row.cells))
    except ValidationError as wrong:
        return [_problem(row, error) for error in wrong.errors(include_url=False)]


def _problem(row: SentRow, error: Any) -> Problem:
    words = str(error["msg"]).removeprefix("Value error, ")
    column = str(error["loc"][0]) if error["loc"] else ""
    if not column and "|" in words:
        column, words = words.split("|", 1)
    sent = row.cells.get(column, "")
    return Problem(row.line, column, sent[:80], _plain(error, words, sent))


def _plain(error: Any, words: str, sent: str) -> str:
    limits, kind = error.get("ctx") or {}, error["type"]
    if not sent.strip() and kind != "value_error":
        return "Fill this in."
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = limits.get("ge", limits.get("le"))
        return f"Write a number that is at {'least' if 'ge' in limits else 'most'} {bound}."
    if kind == "string_too_long":
        return f"Write at most {limits['max_length']} characters."
    if kind == "string_pattern_mismatch":
        return "Use letters, numbers, and - . _ / only."
    return words
