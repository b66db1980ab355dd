"""A text packed so that plain gunzip opens it and no byte of it can change unseen.

A gzip trailer guards the text, not the header and not the bits that fill the last byte. The
header therefore carries the SHA-256 of everything after it in an extra field (RFC 1952, 2.3.1.1).
The text is the same bytes on every machine; the packed file is, where zlib is the same.
"""

from __future__ import annotations

import hashlib
import struct
import zlib

from matching.errors import BundleError

MAGIC = b"\x1f\x8b"
# Deflate, an extra field, no time, best compression, unknown system, 36 bytes of extra field:
# the subfield "SH" with 32 bytes.
HEADER = MAGIC + b"\x08\x04" + b"\x00" * 4 + b"\x02\xff" + struct.pack("<H2sH", 36, b"SH", 32)
LEVEL = 6


def pack(text: str) -> bytes:
    """The packed form of a text, the same for the same text.

    Examples
    --------
    >>> import gzip
    >>> gzip.decompress(pack("ann"))
    b'ann'
    """
    plain = text.encode()
    squeezer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    rest = squeezer.compress(plain) + squeezer.flush()
    rest += struct.pack("<2L", zlib.crc32(plain), len(plain) % 2**32)
    return HEADER + hashlib.sha256(rest).digest() + rest


def unpack(body: bytes) -> str:
    """The text of what :func:`pack` made, or of a body that was never packed.

    Raises
    ------
    BundleError
        When the file is damaged or not text.

    Examples
    --------
    >>> unpack(pack("ann")), unpack(b"ann")
    ('ann', 'ann')
    """
    if body[:2] == MAGIC:
        body = _opened(body)
    try:
        return body.decode()
    except UnicodeDecodeError as wrong:
        raise BundleError(f"not a text, byte {wrong.start} is not UTF-8") from None


def _opened(body: bytes) -> bytes:
    start = len(HEADER)
    seal, rest = body[start : start + 32], body[start + 32 :]
    if body[:start] != HEADER:
        raise BundleError("packed by another program: open it with gunzip first")
    if hashlib.sha256(rest).digest() != seal:
        raise BundleError("damaged: its bytes do not give the hash in its header")
    opener = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = opener.decompress(rest) + opener.flush()
    except zlib.error as wrong:
        raise BundleError(f"damaged: {wrong}") from None
    if opener.unused_data != struct.pack("<2L", zlib.crc32(plain), len(plain) % 2**32):
        raise BundleError("damaged: its text does not give its checksum")
    return plain
