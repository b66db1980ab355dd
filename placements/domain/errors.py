"""Refusals a person can act on.

Refusal
├── NotFound          unknown, or not yours: the two read the same
├── NotAllowed        your role may not do this
├── IllegalMove       the record's state does not allow this
├── GuardRefused      the state allows it, a rule does not
├── Stale             somebody changed the record meanwhile
└── Invalid           what was sent cannot be kept; says where and what to write
"""


class Refusal(Exception):
    """An act was refused and nothing changed; the text is fit to show to the person."""


class NotFound(Refusal):
    """No such record, or not one the asker may know of."""


class NotAllowed(Refusal):
    """The actor's role may not do this."""


class IllegalMove(Refusal):
    """The lifecycle has no such move from the record's state."""


class GuardRefused(Refusal):
    """A rule that guards the move does not hold."""


class Stale(Refusal):
    """The record changed since the actor saw it."""


class Invalid(Refusal):
    """A field cannot be kept as sent."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field
