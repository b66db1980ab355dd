"""What is published of people: each measure, the rates of two of them, and what names mean."""

from collections.abc import Iterator, Mapping
from math import sqrt

from placements.domain.disclosure import FEW
from placements.domain.funnel import JUDGED_STAGES
from placements.domain.what_works import BAND_KEYS, HIGH, LOW

PUBLISHED_KEYS = ("round", "year", "provider", "sector", "district", "group", *BAND_KEYS)
"""The parts that are published; an employer has too few people to say anything of."""
OF_BANDS = ("started", "sustained", "known_sustained")
"""The measures of the tables by band: each number more costs others, so only what is asked."""
WHOLE, SQUARES = "whole", "sector_and_district"
IN_ROUND, MATCHED, WAITING, PLACES, GAP = "in_round", "matched", "waiting", "places", "gap"
OF, KNOWN = "of_{}", "known_{}"
MEASURES = {
    IN_ROUND: "People whose entry was in the round when it was locked",
    MATCHED: "People who were offered a place",
    "accepted": "People who said yes",
    "started": "People who started",
    "completed": "People who stayed to the last day",
    "destination": "People known to have gone on to work or learning at any question after",
    "of_destination": "People who started, and are known or four weeks past their last day",
    "known_destination": "Of these, people of whom it is known",
    "sustained": "People whose work or learning was sustained in the six months after the end",
    "of_sustained": "People who started, and are known or six months past their last day",
    "known_sustained": "Of these, people of whom it is known",
    WAITING: "People ready and without a place who named that work and could come there daily",
}
OF_PLACES = {
    PLACES: "Free places now",
    GAP: f"{PLACES} less {WAITING}; under nothing is short of places",
}
MATCHED_RATE = "matched_percent_of_in_round"
RATES = {
    MATCHED_RATE: (MATCHED, IN_ROUND),
    "destination_percent_of_started": ("destination", "of_destination"),
    "destination_percent_of_known": ("destination", "known_destination"),
    "sustained_percent_of_started": ("sustained", "of_sustained"),
    "sustained_percent_of_known": ("sustained", "known_sustained"),
}
NOT_KNOWN_RATES = {
    f"{name}_percent_not_known": (KNOWN.format(name), OF.format(name)) for name in JUDGED_STAGES
}
"""What is not known, beside the rates: the share of the second measure that is not in the first."""
ENDS = {
    MATCHED_RATE: ("matched_percent_low", "matched_percent_high"),
    "sustained_percent_of_known": (LOW, HIGH),
}
INTERVALS = {
    end: f"{which} end of the 95 % interval of {rate}, by Wilson"
    for rate, ends in ENDS.items()
    for which, end in zip(("Lower", "Upper"), ends, strict=True)
}
KEPT_BACK = f"Kept back, so that no number of 1 to {FEW - 1} people can be worked out"


def work_out_percents(counts: Mapping[str, int | None]) -> dict[str, float | None]:
    """Return the rates that a row's counts have both parts of; null where one is kept back."""
    found: dict[str, float | None] = {}
    for name, (part, whole) in RATES.items():
        if part not in counts or whole not in counts:
            continue
        n, of = counts[part], counts[whole]
        is_known = n is not None and of
        found[name] = round(100 * (n or 0) / of, 1) if is_known and of else None
        if name in ENDS:
            interval = wilson(n or 0, of or 0) if is_known else None
            for end, share in zip(ENDS[name], interval or (None, None), strict=True):
                found[end] = None if share is None else round(100 * share, 1)
    for name, (part, whole) in NOT_KNOWN_RATES.items():
        if part in counts and whole in counts:
            n, of = counts[part], counts[whole]
            found[name] = round(100 * (of - n) / of, 1) if n is not None and of else None
    return found


DICTIONARY_HEADER = ["name", "meaning", "unit"]


def list_dictionary() -> Iterator[tuple[str, str, str]]:
    """Yield every name of the files with what it means."""
    parts = ", ".join(PUBLISHED_KEYS)
    yield (
        "table",
        f"What the rows are: {WHOLE}, one of {parts}, or {SQUARES}; in one round also what people"
        " told of themselves, as age or home district",
        "",
    )
    yield "round", "The round that the table is of; empty where it is of all rounds, or of now", ""
    yield (
        "row",
        f"Whom the line is about; of {SQUARES} the kind of work and the district: where people"
        " live in a round, where places are now. Nobody is counted where there is no row",
        "",
    )
    yield "measure", "What is counted", ""
    yield "value", "The number; empty where it is kept back or cannot be worked out", ""
    yield "note", KEPT_BACK, ""
    for name, meaning in MEASURES.items():
        yield name, meaning, "people"
    for name, meaning in OF_PLACES.items():
        yield name, meaning, "places"
    for name, (part, whole) in RATES.items():
        yield name, f"{part} of {whole}", "percent"
    for name, meaning in INTERVALS.items():
        yield name, meaning, "percent"
    for name, (part, whole) in NOT_KNOWN_RATES.items():
        yield name, f"{whole} that is not {part}", "percent"


def wilson(n: int, of: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a share by Wilson, doi:10.1080/01621459.1927.10502953."""
    if not of:
        return None
    z = 1.959964
    share, spread = n / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
