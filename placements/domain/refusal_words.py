"""Why a pair is no longer right, in words: for staff about somebody, and for that person."""

FOR_STAFF = {
    "AGE": "the person is not old enough on the first day",
    "NEEDS": "the placement needs something the person has not said they have",
    "HOURS": "the hours are outside the times the person gave",
    "DATES": "the start dates no longer meet",
    "NEVER": "the person asked not to be offered this one",
    "FULL": "the place is no longer open",
    "FORBIDDEN": "staff ruled out this pair",
    "TRAVEL_UNKNOWN": "the journey cannot be worked out",
    "TRAVEL_NO_SERVICE": "no way the person can travel runs for all of the hours",
    "TRAVEL_TOO_LONG": "the journey is longer than the person's limit",
}
FOR_THE_PERSON = {
    "AGE": "You are not old enough for this place on its first day.",
    "NEEDS": "This place needs something you have not told us you have.",
    "HOURS": "The hours of this place are outside the times you gave.",
    "DATES": "The start dates of this place no longer fit yours.",
    "NEVER": "You asked us not to offer you this one.",
    "FULL": "This place is not open now. It is not because of you.",
    "FORBIDDEN": "Staff ruled this one out for you.",
    "TRAVEL_UNKNOWN": "We cannot work out the journey to this place.",
    "TRAVEL_NO_SERVICE": "No way you can travel runs for all of the hours.",
    "TRAVEL_TOO_LONG": "The journey is now longer than your limit.",
}
