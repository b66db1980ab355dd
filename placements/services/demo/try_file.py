"""A file of invented people to try the import with: most rows are good, nine need fixing."""

from datetime import date, timedelta

from placements import clock
from placements.domain.csv_rows import write_rows
from placements.services.demo.clock import refuse_outside_demo

N_ROWS, BAD_EVERY, N_BAD = 200, 22, 9
COLUMNS = "reference name date_of_birth email postcode right_to_work consent modes start_from"
HEADER = [*COLUMNS.split(), "mon", "tue", "wed", "thu", "fri"]
POSTCODES = ("DY4 7UF", "DY4 8AA", "WS1 1TP", "B1 1BA")
FAULTS = (
    ("date_of_birth", "yesterday"),
    ("postcode", "nowhere"),
    ("mon", "nine to five"),
    ("consent", "perhaps"),
)


def write_try_file() -> str:
    """Return the file as text; the same people on every day, who could start in two months."""
    refuse_outside_demo()
    start_on = clock.today() + timedelta(days=60)
    return write_rows(HEADER, (_row(n, start_on) for n in range(N_ROWS)))


def _row(n: int, start_on: date) -> list[str]:
    facts = dict.fromkeys(HEADER, "08:00-18:00") | {
        "reference": f"TRY-{n + 1:04}",
        "name": f"Ada Number{n + 1:03} (invented)",
        "date_of_birth": f"{start_on.year - 20}-{n % 12 + 1:02}-14",
        "email": f"ada{n + 1:03}@young.example",
        "postcode": POSTCODES[n % len(POSTCODES)],
        "right_to_work": "yes",
        "consent": "yes",
        "modes": "walk;bus",
        "start_from": start_on.isoformat(),
    }
    is_bad = n % BAD_EVERY == 0 and n // BAD_EVERY < N_BAD
    if is_bad:
        column, wrong = FAULTS[n // BAD_EVERY % len(FAULTS)]
        facts[column] = wrong
    return list(facts.values())
