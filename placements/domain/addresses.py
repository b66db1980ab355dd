"""Email addresses and mobile numbers in the one form in which they are stored and compared."""

import re

import phonenumbers

# Numbers that Ofcom keeps for stories; the library calls them invalid, invented people need them.
DRAMA_MOBILE = re.compile(r"\+4477009\d{5}")
EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
LONGEST_EMAIL = 254


def normal_email(sent: str | None) -> str | None:
    """Return an address without space around it and in small letters; None if it is not one."""
    address = (sent or "").strip().casefold()
    fits = len(address) <= LONGEST_EMAIL and address.isprintable()
    return address if fits and EMAIL.fullmatch(address) else None


def normal_mobile(sent: str | None) -> str | None:
    """Return a number as +44…, whatever spacing it came in; None if it is not a number."""
    try:
        number = phonenumbers.parse(sent or "", "GB")
    except phonenumbers.NumberParseException:
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    known = phonenumbers.is_valid_number(number) or DRAMA_MOBILE.fullmatch(written)
    return written if known else None
