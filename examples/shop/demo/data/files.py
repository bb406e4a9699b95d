"""Small real files, made without a picture library: a PNG of a striped cloth, and a note as text."""

import struct
import zlib
from random import Random

SIDE = 96
COLOURS = ((12, 77, 85), (185, 169, 140), (116, 65, 0), (89, 81, 69), (155, 28, 28))
NAMES = ("torn-seam", "parcel", "label", "kettle", "corner-loop")

File = tuple[str, str, bytes]  # name, media type, content


def picture(rng: Random) -> File:
    """A PNG of coloured stripes with a tear across it."""
    ground, stripe = rng.sample(COLOURS, 2)
    width, tear = rng.randint(6, 14), rng.randint(20, 70)
    rows = b"".join(row(y, ground, stripe, width=width, tear=tear) for y in range(SIDE))
    header = struct.pack(">2I5B", SIDE, SIDE, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return f"{rng.choice(NAMES)}.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*c) for c in chunks)


def row(y: int, ground: tuple[int, ...], stripe: tuple[int, ...], *, width: int, tear: int) -> bytes:
    """One line of the picture: a filter byte and its pixels."""
    torn = {x for x in range(SIDE) if abs(x + y // 2 - tear) < 3}
    pixels = ((255, 253, 248) if x in torn else stripe if x // width % 2 else ground for x in range(SIDE))
    return b"\0" + bytes(value for pixel in pixels for value in pixel)


def chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG: length, kind, content, checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def note(text: str) -> File:
    """The question again, as somebody would paste it into a file."""
    return (
        "note.txt",
        "text/plain",
        f"Kestrel & Moss, for your workshop\n\n{text}\n\n– تحياتي, 谢谢, thank you 🍵\n".encode(),
    )
