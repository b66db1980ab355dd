"""What happened to a placement, line by line, in the words an employer reads."""

WORDS = {
    "pledge": "You promised the places",
    "describe": "Begun",
    "submit": "Sent to be checked",
    "approve": "Checked: open to young people",
    "approve_full": "Checked: all places are taken",
    "ask_changes": "Sent back to you for a change",
    "reject": "Closed after the check",
    "pause": "Paused",
    "resume": "Open again",
    "resume_full": "Open again: all places are taken",
    "change": "Changed: sent to be checked again",
    "fill": "The last place was taken",
    "free": "A place is open again",
    "close": "Closed",
    "withdraw": "Withdrawn",
    "suspend": "Put on hold",
    "reinstate": "No longer on hold",
    "reinstate_full": "No longer on hold: all places are taken",
}
BY = {
    "employer": "by you",
    "operator": "by the authority",
    "approver": "by the authority",
    "system": "by the service",
}


def history_words(action: str, role: str) -> str:
    """Write one change: what happened and by whom."""
    return f"{WORDS[action]}, {BY[role]}"
