"""What a placement may ask of a person besides an age, in the words an employer reads."""

DBS = "enhanced_dbs"
NEEDS = {"driving_licence": "A driving licence", DBS: "An enhanced DBS check"}


def need_words(code: str) -> str:
    """Write a need; a code that came by a file and is not ours is shown as it was sent."""
    return NEEDS.get(code, code.replace("_", " ").capitalize())
