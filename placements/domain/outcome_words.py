"""What a person is doing, in words a nine-year-old reads: the seven answers and the rest."""

from placements.domain.vocabulary import OutcomeKind

ANSWERS = (
    ("job", "I have a job"),
    ("apprentice", "I am an apprentice"),
    ("study", "I am studying"),
    ("training", "I am on a training course or programme"),
    ("volunteer", "I volunteer"),
    ("soon", "I have something starting soon"),
    ("looking", "I am looking"),
)
"""The seven answers, by the code that stands for each in an address."""
RATHER_NOT = "not-say"
KIND_OF_ANSWER = {
    "job": OutcomeKind.JOB,
    "apprentice": OutcomeKind.APP,
    "study": OutcomeKind.EDU_FT,
    "training": OutcomeKind.TRAIN,
    "volunteer": OutcomeKind.VOL,
    "soon": OutcomeKind.START_AGREED,
    "looking": OutcomeKind.NEET_SEEK,
    RATHER_NOT: OutcomeKind.REFUSED,
}
TO_YOU = {
    OutcomeKind.JOB: "you have a job",
    OutcomeKind.SELF: "you work for yourself",
    OutcomeKind.APP: "you are an apprentice",
    OutcomeKind.EDU_FT: "you are studying full time",
    OutcomeKind.EDU_PT: "you are studying part time",
    OutcomeKind.TRAIN: "you are on a training course or programme",
    OutcomeKind.VOL: "you volunteer",
    OutcomeKind.REENGAGE: "you are on a programme to start again",
    OutcomeKind.START_AGREED: "you have something starting soon",
    OutcomeKind.NEET_SEEK: "you are looking",
    OutcomeKind.NEET_NOTREADY: "you are not looking just now",
    OutcomeKind.NEET_UNAVAILABLE: "you cannot start anything just now",
    OutcomeKind.GAP: "you are taking a year out",
    OutcomeKind.OTHER: "you are doing something else",
    OutcomeKind.UNKNOWN: "it is not known what you are doing",
    OutcomeKind.UNCONTACTABLE: "you could not be reached",
    OutcomeKind.REFUSED: "you would rather not say",
}
"""Said to the person: somebody told us that …"""
ABOUT_THEM = {
    OutcomeKind.JOB: "has a job",
    OutcomeKind.SELF: "works for themselves",
    OutcomeKind.APP: "is an apprentice",
    OutcomeKind.EDU_FT: "is studying full time",
    OutcomeKind.EDU_PT: "is studying part time",
    OutcomeKind.TRAIN: "is on a training course or programme",
    OutcomeKind.VOL: "volunteers",
    OutcomeKind.REENGAGE: "is on a programme to start again",
    OutcomeKind.START_AGREED: "has something starting soon",
    OutcomeKind.NEET_SEEK: "is looking",
    OutcomeKind.NEET_NOTREADY: "is not looking just now",
    OutcomeKind.NEET_UNAVAILABLE: "cannot start anything just now",
    OutcomeKind.GAP: "is taking a year out",
    OutcomeKind.OTHER: "does something else",
    OutcomeKind.UNKNOWN: "is not known",
    OutcomeKind.UNCONTACTABLE: "could not be reached",
    OutcomeKind.REFUSED: "chose not to say",
}
"""Said about the person to who supports them."""
_ASKED_BEFORE = "JOB SELF APP EDU_FT EDU_PT TRAIN VOL START_AGREED NEET_SEEK NEET_NOTREADY OTHER"
BEFORE_THEM = tuple(
    (kind, ABOUT_THEM[OutcomeKind(kind)].capitalize())
    for kind in (*_ASKED_BEFORE.split(), "REFUSED")
)
"""What a provider may say of somebody who is registered, by the kind that stands for it."""
BEFORE_YOU = (
    *((KIND_OF_ANSWER[code].value, words) for code, words in ANSWERS),
    (OutcomeKind.NEET_NOTREADY.value, "I am not looking just now"),
    (OutcomeKind.OTHER.value, "Something else"),
    (OutcomeKind.REFUSED.value, "I would rather not say"),
)
"""The same, as a young person says it."""
