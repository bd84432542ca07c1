"""Makes a file that a stranger sent fit to be opened by staff: by what it is, not by its name.

Pictures are drawn anew, so that nothing but their pixels is left; of a PDF only its pages are,
without whatever they could do or tell. Foreign files are read by a process of their own, which
has little memory and few seconds: `clean` starts it, and this module is its whole program. It
imports nothing of ours, for it runs by itself.
"""

import io
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

LARGEST_FILE = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_PAGES = 200
# Enough to read the smallest print of an A4 page.
LONGEST_SIDE = 4000
SECONDS = 20
MEMORY = 1024 * 1024 * 1024
# Of the process: after it come the type in one line, and the file.
CLEANED, UNFIT = 0, 3


class Problem(StrEnum):
    """Why a file is not taken."""

    KIND = "kind"
    HEIC = "heic"
    SIZE = "size"
    PIXELS = "pixels"
    PAGES = "pages"
    LOCKED = "locked"
    ACTIVE = "active"
    BROKEN = "broken"


class Unfit(Exception):
    """A file that is not taken."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True)
class CleanFile:
    """What is left of a file once it is fit to be kept."""

    content: bytes
    type: str


def clean(content: bytes) -> CleanFile:
    """The file without anything that could act or tell of its sender. Raises Unfit."""
    if len(content) > LARGEST_FILE:
        raise Unfit(Problem.SIZE)
    _kind(content)
    try:
        done = subprocess.run(  # noqa: S603 – This very module, and nothing of the sender's.
            [sys.executable, "-I", str(Path(__file__).resolve())],
            input=content,
            capture_output=True,
            timeout=2 * SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unfit(Problem.BROKEN) from error
    if done.returncode == CLEANED:
        file_type, _line_end, cleaned = done.stdout.partition(b"\n")
        return CleanFile(cleaned, file_type.decode())
    if done.returncode == UNFIT:
        raise Unfit(Problem(done.stdout.decode()))
    # Killed, out of memory or out of its depth: whatever the file is, nobody should open it.
    raise Unfit(Problem.BROKEN)


def _kind(content: bytes) -> str:
    """What a file is, by its first bytes."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"%PDF-"):
        return "PDF"
    if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"mif1", b"msf1", b"hevc"}:
        raise Unfit(Problem.HEIC)
    raise Unfit(Problem.KIND)


def _cleaned(content: bytes) -> CleanFile:
    kind = _kind(content)
    return _pages_alone(content) if kind == "PDF" else _pixels_alone(content, kind)


def _pixels_alone(content: bytes, kind: str) -> CleanFile:
    """The picture as it is seen, upright, drawn anew."""
    from PIL import Image, ImageOps

    # Asked below, before anything is decoded, and answered with a reason.
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(io.BytesIO(content), formats=[kind]) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Unfit(Problem.PIXELS)
        if kind == "JPEG":
            # Decoded smaller at once, where it is larger than will be kept.
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        mode = "L" if opened.mode in {"1", "L"} else "RGB"
        seen: Any = opened
        if opened.mode in {"RGBA", "LA", "PA"} or "transparency" in opened.info:
            # On paper, as a scan would be.
            opaque = opened.convert("RGBA")
            seen = Image.new("RGB", opened.size, "white")
            seen.paste(opaque, mask=opaque)
            seen.getexif().update(opened.getexif())
        upright = ImageOps.exif_transpose(seen).convert(mode)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A new picture has no words, no profile and no places of its own.
    drawn = Image.new(mode, upright.size)
    drawn.paste(upright)
    written = io.BytesIO()
    drawn.save(written, kind, **({"quality": 85} if kind == "JPEG" else {}))
    return CleanFile(written.getvalue(), f"image/{kind.lower()}")


# What makes a document do something, or carry another one inside.
ACTIVE = frozenset(
    {
        *("/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/RichMedia"),
        *("/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/XFA", "/AA", "/Rendition", "/Movie"),
    }
)
# What tells of whoever made it.
TELLING = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/SpiderInfo", "/OPI")


def _pages_alone(content: bytes) -> CleanFile:
    """A new document of nothing but the pages."""
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise Unfit(Problem.LOCKED)
    if not 0 < len(reader.pages) <= MOST_PAGES:
        raise Unfit(Problem.PAGES)
    for held in _objects(reader):
        if _names(held) & ACTIVE:
            raise Unfit(Problem.ACTIVE)
    writer = PdfWriter()
    for page in reader.pages:
        # Notes and links of a page may name people, and lead elsewhere.
        page.pop("/Annots", None)
        writer.add_page(page)
    writer.metadata = None
    for held in writer._objects:
        _forget(held)
    written = io.BytesIO()
    writer.write(written)
    return CleanFile(written.getvalue(), "application/pdf")


def _objects(reader: Any) -> Iterator[Any]:
    """Every object that is listed in a document, used or not."""
    numbers = {number for section in reader.xref.values() for number in section}
    for number in sorted(numbers | set(reader.xref_objStm)):
        yield reader.get_object(number)
    yield reader.trailer


def _names(held: Any, depth: int = 0) -> set[str]:
    """Keys and names in an object, and in what stands directly in it."""
    if depth > 50:
        raise Unfit(Problem.BROKEN)
    if isinstance(held, dict):
        parts = [*held.keys(), *(dict.__getitem__(held, key) for key in held)]
        return set().union(*(_names(part, depth + 1) for part in parts))
    if isinstance(held, list):
        parts = [list.__getitem__(held, index) for index in range(len(held))]
        return set().union(*(_names(part, depth + 1) for part in parts))
    return {str(held)} if isinstance(held, str) else set()


def _forget(held: Any) -> None:
    """Take out of an object what tells of its maker; of a photograph, all but its pixels."""
    if not isinstance(held, dict):
        return
    for key in TELLING:
        held.pop(key, None)
    filters = held.get("/Filter")
    if filters in ("/DCTDecode", ["/DCTDecode"]):
        photograph: Any = held
        photograph._data = without_segments(photograph._data)
    elif "/DCTDecode" in (filters or []):
        # A photograph in a wrapping: nobody scans that way, and it could not be looked into.
        raise Unfit(Problem.BROKEN)


def without_segments(picture: bytes) -> bytes:
    """A JPEG without comments and what cameras and programs write into it; pixels untouched."""
    if not picture.startswith(b"\xff\xd8"):
        raise Unfit(Problem.BROKEN)
    kept, place = [b"\xff\xd8"], 2
    while picture[place : place + 1] == b"\xff" and picture[place + 1 : place + 2] != b"\xda":
        marker = picture[place + 1]
        length = int.from_bytes(picture[place + 2 : place + 4], "big")
        if length < 2:
            raise Unfit(Problem.BROKEN)
        # 0xE1 to 0xEF are the programs', 0xFE is a comment. 0xEE says how colours are coded.
        if not (0xE1 <= marker <= 0xEF and marker != 0xEE) and marker != 0xFE:
            kept.append(picture[place : place + 2 + length])
        place += 2 + length
    return b"".join([*kept, picture[place:]])


def _main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    # It writes to nothing but its output.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        cleaned = _cleaned(sys.stdin.buffer.read())
    except Unfit as unfit:
        sys.stdout.write(unfit.problem.value)
        return UNFIT
    except Exception:  # noqa: BLE001 – What libraries raise for broken files is not ours to list.
        sys.stdout.write(Problem.BROKEN.value)
        return UNFIT
    sys.stdout.buffer.write(f"{cleaned.type}\n".encode() + cleaned.content)
    return CLEANED


if __name__ == "__main__":
    sys.exit(_main())
