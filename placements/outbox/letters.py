"""A message ready to leave, and how a way out says that it was not taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True)
class Letter:
    """A message ready to leave: where to, and what it says.

    `is_again`: it was handed over before, and nobody knows whether it was taken.
    """

    key: str
    event_seq: int
    channel: str
    address: str
    subject: str
    body: str
    made_at: datetime
    is_again: bool = False


class NotSent(Exception):
    """A letter was not taken; the text names the kind of fault and nobody's address.

    `for_good`: trying again will not help. `for_all`: the way out itself is shut, and this letter
    was surely not taken; `wait` is how long it asked us to stay away.
    """

    def __init__(
        self,
        words: str,
        *,
        for_good: bool = False,
        for_all: bool = False,
        wait: timedelta | None = None,
    ) -> None:
        super().__init__(words)
        self.for_good, self.for_all, self.wait = for_good, for_all, wait


class Way(Protocol):
    """An open way out."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over, or raise `NotSent`."""

    def close(self) -> None:
        """Close what is open."""
