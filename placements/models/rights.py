"""What people ask about their own data, and by when they are to be answered."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from placements.domain.vocabulary import Role
from placements.extensions import db
from placements.models.columns import (
    UtcDateTime,
    id_column,
    one_of,
    reference_to,
    text_column,
)

REQUEST_KINDS = ("access", "erasure", "hold")
RESULTS = ("done", "refused", "taken_back")


class RightsRequest(db.Model):
    """One request: to see the data, to erase it, or to hold it; `due_on` is counted once.

    While a hold is open nothing of the person is erased: a claim or a duty needs it.
    """

    __tablename__ = "rights_request"
    __table_args__ = (
        one_of("kind", REQUEST_KINDS),
        one_of("asked_by_role", Role),
        one_of("result", RESULTS),
        CheckConstraint("(closed_at IS NULL) = (result IS NULL)", name="closed_with_result"),
        CheckConstraint("(kind = 'hold') = (due_on IS NULL)", name="due_unless_hold"),
        Index(
            "uq_rights_request_open",
            "candidate_id",
            "kind",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    id: Mapped[int] = id_column()
    candidate_id: Mapped[int] = reference_to("candidate")
    kind: Mapped[str] = text_column(20)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int | None] = reference_to("account", nullable=True, index=False)
    asked_by_role: Mapped[str] = text_column(20)
    due_on: Mapped[date | None] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[int | None] = reference_to("account", nullable=True, index=False)
    result: Mapped[str | None] = text_column(20, nullable=True)
    words: Mapped[str | None] = mapped_column(Text)
