"""Facts to show and to measure every message with. Every name is invented."""

from typing import Any

LINK = "https://placements.invented.example/l/" + "t" * 44
PERSON, SUPERVISOR = "Kimberley Personname", "Ines Supervisorname"
EXAMPLE: dict[str, Any] = {
    "first_name": "Kim",
    "person": PERSON,
    "title": "Workshop helper",
    "employer": "Invented Foundry",
    "place": "Works, B1 1AY",
    "postcode": "WV10 9AA",
    "minutes": 45,
    "hours": ["Monday to Friday, 9am to 4pm"],
    "weeks": 4,
    "pay": "£6.40 a day",
    "start_from": "Monday 6 July 2026",
    "start_to": "Monday 20 July 2026",
    "answer_by": "Wednesday 23 September 2026, 11:59pm",
    "answer_day": "Wednesday 23 September",
    "n_days": 5,
    "is_last_day": False,
    "first_day": "Wednesday 23 September 2026",
    "first_time": "9am",
    "first_place": "Gate 2",
    "bring": "your boots",
    "wear": "old clothes",
    "supervisor": SUPERVISOR,
    "when": "tomorrow",
    "phone": "07700 900123",
    "code": "012345",
    "added_by": "Invented Skills Centre",
    "supported_by": "Invented Skills Centre",
    "next_day": "Monday 7 September 2026",
    "next_kind": "next_round",
    "lock_day": "Wednesday 23 September 2026, 10am",
    "n_ready": 40,
    "n_without": 6,
    "n_missing": 3,
    "state": "declined",
    "is_open": True,
    "is_first": True,
    "who": "The people who support you",
    "said": "that you have a job",
    "others": ["the employer", "the provider"],
    "reason": "Please say what the person will do in the morning.",
    "places": 3,
    "places_due": [{"title": "Workshop helper", "pauses_on": "Wednesday 23 September 2026"}],
    "day": "Tuesday 16 June 2026",
    "time": "10am",
    "confirm_by": "Wednesday 23 September 2026",
    "people": [
        {
            "name": PERSON,
            "title": "Helper",
            "phone": "07700 900123",
            "confirm_by": "Monday",
            "asked_on": "Monday 7 September 2026",
        }
    ],
    "employers": [{"name": "Invented Foundry", "references": ["A-000001", "A-000002"]}],
    "round": "Summer",
    "kind": "offer",
    "changes": [
        {
            "name": "Days and hours",
            "was": "Monday to Friday, 9am to 4pm",
            "new": "Monday to Thursday, 9am to 5pm",
        }
    ],
    "is_offer": False,
    "was_day": "Monday 21 September 2026",
    "organisation": "Invented Skills Centre",
    "invited_by": "Marcus",
}
# What differs from one message of the same words to the other.
OF_TEMPLATE: dict[str, dict[str, Any]] = {
    "start_next_week": {"when": "on Wednesday 23 September 2026"},
    "person_starts_next_week": {"when": "on Wednesday 23 September 2026"},
    "start_today": {"when": "today"},
    "person_starts_today": {"when": "today"},
    "place_ended": {"state": "cancelled_by_employer"},
    "person_left": {"state": "cancelled_by_employer", "reason": ""},
    "thing_missing": {"reason": "A copy of your right to work."},
    "thing_missing_of": {"reason": "A copy of their right to work."},
    "message_stuck": {"reason": "The phone number is not one that a text can be sent to."},
    "plan_failed": {"reason": "It took longer than allowed."},
}
