"""Every message as one row: whom it is for, which ways it may go, and how it behaves."""

from dataclasses import dataclass

BOTH = ("email", "text")


@dataclass(frozen=True)
class Template:
    """One kind of message; its words are in `templates/emails` and `templates/texts`.

    `ways` are tried in order; the first that the person can be reached by is taken, or every one
    of them where `all_ways` is set. A chase asks again for what its reader owes an answer to, and
    nobody is chased twice within a day; a message that `names_all` who wait speaks for the others
    of its kind on that day, which are then not needed.
    """

    name: str
    role: str
    ways: tuple[str, ...]
    all_ways: bool = False
    is_chase: bool = False
    names_all: bool = False
    at_night: bool = False
    words: str = ""

    @property
    def file_name(self) -> str:
        """The file of its words, without the ending."""
        return self.words or self.name


EMAIL, EMAIL_FIRST, TEXT_FIRST = ("email",), ("email", "text"), ("text", "email")

TEMPLATES = {
    row.name: row
    for row in (
        Template("sign_in", "anyone", BOTH, at_night=True),
        Template("registered", "young_person", BOTH, all_ways=True),
        Template("placement_approved", "employer", EMAIL),
        Template("placement_changes", "employer", EMAIL),
        Template("people_coming", "employer", EMAIL),
        Template("offer", "young_person", BOTH, all_ways=True),
        Template("no_place", "young_person", EMAIL_FIRST),
        Template("offer_half_time", "young_person", TEXT_FIRST, is_chase=True),
        Template("offer_last_day", "young_person", TEXT_FIRST, is_chase=True),
        # The one message that may follow another within a day (domain.md, Assignment).
        Template("offer_last_evening", "young_person", TEXT_FIRST, words="offer_last_day"),
        Template("not_answered", "provider", EMAIL),
        Template("said_yes", "employer", BOTH, all_ways=True),
        Template("not_confirmed", "employer", EMAIL, is_chase=True, names_all=True),
        Template("not_confirmed_for_staff", "operator", EMAIL, names_all=True),
        Template("place_open_again", "employer", EMAIL),
        Template("place_ended", "young_person", BOTH, all_ways=True),
        Template("person_left", "provider", EMAIL),
        Template("agreement_young_person", "young_person", BOTH, all_ways=True),
        Template("agreement_employer", "employer", EMAIL),
        Template("agreement_provider", "provider", EMAIL),
        Template(
            "agreement_young_person_again",
            "young_person",
            TEXT_FIRST,
            is_chase=True,
            words="agreement_young_person",
        ),
        Template(
            "agreement_employer_again",
            "employer",
            EMAIL,
            is_chase=True,
            words="agreement_employer",
        ),
        Template(
            "agreement_provider_again",
            "provider",
            EMAIL,
            is_chase=True,
            words="agreement_provider",
        ),
        Template("start_tomorrow", "young_person", TEXT_FIRST),
        Template("person_starts_tomorrow", "employer", EMAIL),
        Template("checkpoint", "young_person", TEXT_FIRST),
        Template("outcome_recorded", "young_person", EMAIL_FIRST),
        Template("plan_failed", "operator", EMAIL),
    )
}
