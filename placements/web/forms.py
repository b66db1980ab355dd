"""Forms in the Design System's shape: fields that forgive spacing and say how to be right."""

from collections.abc import Callable
from datetime import time
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from govuk_frontend_wtf import wtforms_widgets as widgets
from wtforms import (
    DateField,
    FileField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, StopValidation

from placements.domain.errors import GuardRefused, IllegalMove, Invalid
from placements.domain.spoken import read_count, read_day, read_time

T = TypeVar("T")
Choices = list[tuple[str, str]]


class PlainForm(FlaskForm):
    """A form whose refusals land on the field they are about, with what was typed kept."""

    def is_sent(self) -> bool:
        """Say whether the form was sent and every field can be read."""
        return bool(self.validate_on_submit())

    def try_act(self, act: Callable[[], T]) -> tuple[bool, T | None]:
        """Carry out `act`; (False, None) if a rule refused it, which the form now shows."""
        try:
            return True, act()
        except Invalid as refusal:
            self.add_error(refusal.field, str(refusal))
        except (GuardRefused, IllegalMove) as refusal:
            self.add_error("", str(refusal))
        return False, None

    def add_error(self, field: str, words: str) -> None:
        """Show `words` at a field, or above the form if no field has that name."""
        if field in self._fields:
            self._fields[field].errors = [*self._fields[field].errors, words]
        else:
            self.form_errors.append(words)

    def error_list(self) -> list[dict[str, str]]:
        """List what to put right, each with a link to its field."""
        shown = [{"text": words} for words in self.form_errors]
        for field in self:
            shown += [{"text": words, "href": f"#{anchor(field)}"} for words in field.errors]
        return shown


def anchor(field: Any) -> str:
    """Return the id of the first box of a field."""
    if isinstance(field, DayField):
        return f"{field.name}-day"
    return str(field.id)


def _needed(words: str | None) -> list[Any]:
    return [DataRequired(words)] if words else [Optional()]


def _strip(text: str | None) -> str | None:
    return text.strip() or None if text else None


def _options(options: dict[str, Any]) -> dict[str, Any]:
    return {"render_kw": {"params": options}} if options else {}


def text(
    label: str, need: str | None = None, hint: str = "", length: int = 200, **params: Any
) -> StringField:
    """One line; `need` says what to write when it is empty, and makes it needed."""
    long = Length(max=length, message=f"Write at most {length} characters.")
    return StringField(
        label,
        [*_needed(need), long],
        [_strip],
        description=hint,
        widget=widgets.GovTextInput(),
        **_options(params),
    )


def long_text(
    label: str, need: str | None = None, hint: str = "", length: int = 5000
) -> TextAreaField:
    """Several lines."""
    long = Length(max=length, message=f"Write at most {length:,} characters.")
    widget = widgets.GovTextArea()
    return TextAreaField(label, [*_needed(need), long], [_strip], description=hint, widget=widget)


def _choices(pairs: Choices) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


def one_of(label: str, need: str | None, choices: Choices, hint: str = "") -> RadioField:
    """Radios."""
    return RadioField(
        label,
        _needed(need),
        choices=_choices(choices),
        description=hint,
        widget=widgets.GovRadioInput(),
        validate_choice=True,
    )


def some_of(label: str, choices: Choices, hint: str = "") -> SelectMultipleField:
    """Tick boxes; none is an answer."""
    return SelectMultipleField(
        label,
        [Optional()],
        choices=_choices(choices),
        description=hint,
        widget=widgets.GovCheckboxesInput(),
    )


def file(label: str, hint: str = "") -> FileField:
    """A file to send in."""
    return FileField(label, description=hint, widget=widgets.GovFileInput())


class DayField(DateField):
    """A date in three boxes; the month may be a number or a name."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        # The widget shows exactly three boxes again, whatever was sent.
        self.raw_data = [*valuelist, "", "", ""][:3]
        if any(part.strip() for part in self.raw_data):
            self.data = read_day(self.raw_data)

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation()


def day(label: str, need: str | None = None, hint: str = "For example, 4 6 2026") -> DayField:
    """A day."""
    return DayField(label, _needed_day(need), description=hint, widget=widgets.GovDateInput())


def _needed_day(words: str | None) -> list[Any]:
    def check(_form: Any, field: Any) -> None:
        if field.data is None and not field.process_errors and words:
            raise StopValidation(words)

    return [check]


class _ReadField(StringField):
    """A line read into a value by `read`; what was typed is kept when it cannot be."""

    read: Callable[[str], Any]

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = type(self).read(typed) if typed else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.show(self.data) if self.data is not None else ""

    def show(self, value: Any) -> str:
        """Write the value as it is typed."""
        return str(value)

    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation()


class CountField(_ReadField):
    """A whole number."""

    read = staticmethod(read_count)


class TimeField(_ReadField):
    """A time of day: 9, 9am or 09:00."""

    read = staticmethod(read_time)

    def show(self, value: time) -> str:
        """Write the time on a 24-hour clock."""
        return f"{value:%H:%M}"


def count(label: str, need: str | None = None, hint: str = "") -> CountField:
    """A whole number, typed on a number pad where there is one."""
    params = {"inputmode": "numeric", "classes": "govuk-input--width-4", "spellcheck": False}
    widget = widgets.GovTextInput()
    checks = _needed_day(need)
    return CountField(label, checks, description=hint, widget=widget, **_options(params))


def time_of_day(label: str, need: str | None = None, hint: str = "") -> TimeField:
    """A time such as 9, 9am or 09:00."""
    params = {"classes": "govuk-input--width-5"}
    widget = widgets.GovTextInput()
    checks = _needed_day(need)
    return TimeField(label, checks, description=hint, widget=widget, **_options(params))


class ReasonForm(PlainForm):
    """One reason, read by the people it concerns."""

    reason = long_text("Why", "Write the reason. The people it concerns will read it.")


class NoForm(PlainForm):
    """A form that is only its button."""
