"""Why an employer does not offer places now, and when it is asked again."""

from datetime import date

NOT_NOW = {
    "no_time": "Nobody has the time to look after a young person",
    "no_work": "There is no suitable work now",
    "rules": "I do not know the rules on hours, insurance or safety",
    "before": "It did not go well before",
    "changes": "The organisation is changing or closing",
}
MONTHS_LATER = {"no_time": 3, "no_work": 3, "rules": 1, "before": 6, "changes": 12}
MAYBE_MONTHS = 1


def ask_again_on(reason: str | None, today: date) -> date:
    """Return the first day of the month in which an employer is asked again."""
    months = MONTHS_LATER.get(reason or "", MAYBE_MONTHS)
    years, month = divmod(today.month - 1 + months, 12)
    return date(today.year + years, month + 1, 1)
