"""The words of the domain as enumerations; their values are what the database stores."""

from enum import StrEnum


class Role(StrEnum):
    """Who acts. An authority account holds one of two powers: operator or approver."""

    EMPLOYER = "employer"
    PROVIDER = "provider"
    OPERATOR = "operator"
    APPROVER = "approver"
    YOUNG_PERSON = "young_person"
    SYSTEM = "system"


class Kind(StrEnum):
    """The records that have a lifecycle."""

    PLACEMENT = "placement"
    APPLICATION = "application"
    ROUND = "round"
    ASSIGNMENT = "assignment"
    CHECKPOINT = "checkpoint"
    EMPLOYER = "employer"
    MESSAGE = "message"
    OCCURRENCE = "occurrence"


class CheckpointKind(StrEnum):
    """Dated questions about what a person is doing."""

    BASE = "BASE"
    START = "START"
    MID = "MID"
    END = "END"
    W4 = "W4"
    M3 = "M3"
    M6 = "M6"
    M12 = "M12"


class OutcomeKind(StrEnum):
    """What a person is doing, in the service's own terms; outside codes are derived from it."""

    JOB = "JOB"
    SELF = "SELF"
    APP = "APP"
    EDU_FT = "EDU_FT"
    EDU_PT = "EDU_PT"
    TRAIN = "TRAIN"
    VOL = "VOL"
    REENGAGE = "REENGAGE"
    START_AGREED = "START_AGREED"
    NEET_SEEK = "NEET_SEEK"
    NEET_NOTREADY = "NEET_NOTREADY"
    NEET_UNAVAILABLE = "NEET_UNAVAILABLE"
    GAP = "GAP"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"
    UNCONTACTABLE = "UNCONTACTABLE"
    REFUSED = "REFUSED"


class Source(StrEnum):
    """Where an outcome came from."""

    SELF = "self"
    PROVIDER = "provider"
    EMPLOYER = "employer"
    DOCUMENT = "document"
    MATCHED = "matched data"


LIVE_ASSIGNMENT_STATES = ("offered", "accepted", "confirmed", "started")
HELD_ASSIGNMENT_STATES = (*LIVE_ASSIGNMENT_STATES, "completed")
LOST_THROUGH_NO_DOING = ("offer_withdrawn", "cancelled_by_employer", "cancelled_by_staff")
OPEN_APPLICATION_STATES = ("draft", "submitted", "info_requested", "ready", "on_hold")
