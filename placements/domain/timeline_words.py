"""Each recorded step in the words its young person reads; a step that is not here is not shown."""

from placements.domain.vocabulary import Kind

RESERVE = "reserve"
PLACE = "“{title}” with {employer}"
WORDS: dict[str, dict[str, str]] = {
    Kind.APPLICATION.value: {
        "begin": "Your entry was begun.",
        "submit": "Your entry was sent.",
        "ask": "We asked for one more thing.",
        "answer": "The missing thing was sent.",
        "accept": "You are in the rounds.",
        "refuse": "We wrote that you cannot join this one.",
        "hold": "A break began.",
        "resume": "The break ended.",
        "withdraw": "You stopped taking part.",
        "exit": "You finished.",
        "send_choices": "Your choices were checked and sent.",
        "stay_in_next_round": "Kept in for the next round.",
        "move_first_day": f"Your first day moved: {PLACE}.",
        "send_guardian_link": f"The agreement went to your parent or guardian: {PLACE}.",
        "ask_for_check": "You asked us to check why there was no place.",
    },
    Kind.ASSIGNMENT.value: {
        "offer": f"An offer: {PLACE}.",
        "extend": f"You have more time to answer: {PLACE}.",
        "accept": f"Yes to {PLACE}.",
        "decline": f"No to {PLACE}.",
        "lapse": f"The time to answer ended: {PLACE}.",
        "withdraw_offer": f"The offer was taken back: {PLACE}. It is not because of you.",
        "release": f"The place is no longer there: {PLACE}. It is not because of you.",
        "confirm": f"The first day was set: {PLACE}.",
        "cancel_by_candidate": f"Cancelled from your side: {PLACE}.",
        "cancel_by_employer": f"The employer cancelled: {PLACE}.",
        "cancel_by_staff": f"The authority cancelled: {PLACE}.",
        "start": f"You started: {PLACE}.",
        "no_show": f"We heard you did not start: {PLACE}.",
        "complete": f"You finished: {PLACE}.",
        "leave_early": f"You left early: {PLACE}.",
        "end": f"The employer ended it: {PLACE}.",
        "ask_for_check": "You asked us to check why this place.",
        "wrong_safety": f"You told us: not safe at {PLACE}.",
        "wrong_hours": f"You told us: the hours are wrong at {PLACE}.",
        "wrong_travel": f"You told us: the journey does not work to {PLACE}.",
        "wrong_other_work": f"You told us: the work is not what was said at {PLACE}.",
    },
    "agreement": {
        "sign_as_young_person": f"You signed the agreement: {PLACE}.",
        "sign_as_provider": f"The people who support you signed the agreement: {PLACE}.",
        "sign_as_employer": f"The employer signed the agreement: {PLACE}.",
        "sign_as_second_signatory": f"The employer signed the agreement again: {PLACE}.",
        "sign_as_guardian": f"A parent or guardian signed the agreement: {PLACE}.",
    },
    Kind.CHECKPOINT.value: {
        "fall_due": "A question opened: what are you doing now?",
        "give_up": "We tried to reach you and could not.",
        "evidence": "A paper was seen that shows it.",
        "verify": "A second person checked it.",
        "dispute": "You said that this is not right.",
        "settle": "We looked at it again with you.",
        "settle_with_evidence": "We looked at it again, with a paper that shows it.",
    },
}
