"""Public references: short, said aloud without mistakes, and telling nothing of a person."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference(prefix: str) -> str:
    """Return a new reference like `A-7K2M9QX4`, without signs that look alike."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def new_salt() -> str:
    """Return a fresh salt of 128 bits, as hexadecimal text."""
    return secrets.token_hex(16)
