"""A letter as PDF (PDF/UA-1): tagged, with its languages, in fonts of our own.

The words go to the typesetter as data, never as markup. It refuses by itself what it has no sign
for; what does not fit on one page is refused by the template.
"""

import json
import re
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from threading import Lock

import typst
from django.conf import settings

from ..desk import Desk
from ..writing_forms import Window, Written
from .sheets import WINDOWS, Sheet, copy_sheet, letter_sheet
from .slip import Slip, slip

FONTS = Path(__file__).parent / "fonts"
TEMPLATE = Path(settings.ROOT) / "templates" / "pdf" / "letter.typ"
# A compiler serves one thread; it does not let others run meanwhile anyway.
ONE_AT_A_TIME = Lock()
MISSING_SIGN = re.compile(r'the text `"(.+?)"` could not be displayed')
TOO_LONG = re.compile(r"too-long:(\d+)")


class CannotPrint(Exception):
    """A letter that cannot be printed as it is."""


class TooLong(CannotPrint):
    """It does not fit on one page, by so many lines."""

    def __init__(self, lines: int) -> None:
        super().__init__(lines)
        self.lines = lines


class NoSign(CannotPrint):
    """None of our fonts has these signs. They are not in the message: it might be logged."""

    def __init__(self, signs: tuple[str, ...]) -> None:
        super().__init__()
        self.signs = signs


def letter_pdf(written: Written, desk: Desk, *, on: date) -> bytes:
    """The letter, the copy for the embassy if it is wanted, and a page for whoever posts it.

    Raises TooLong and NoSign.
    """
    return compiled(
        letter_sheet(written, desk, on=on),
        title=written.letter.subject,
        window=written.window,
        on=on,
        copy=copy_sheet(written, desk, on=on),
        slip=slip(written, desk, on=on),
    )


def compiled(
    letter: Sheet,
    *,
    title: str,
    window: str = Window.RIGHT.value,
    on: date,
    copy: Sheet | None = None,
    slip: Slip | None = None,
) -> bytes:
    """The pages as PDF. Raises TooLong and NoSign."""
    data = {
        "title": title,
        "letter": asdict(letter),
        "copy": asdict(copy) if copy is not None else None,
        "slip": asdict(slip) if slip is not None else None,
        "window": str(window),
        "windows": {name: asdict(envelope) for name, envelope in WINDOWS.items()},
    }
    try:
        with ONE_AT_A_TIME:
            pdf = _compiler().compile(
                input=_template(),
                sys_inputs={"data": json.dumps(data)},
                pdf_standards=["ua-1"],
                timestamp=datetime.combine(on, time(12), tzinfo=UTC),
            )
    except typst.TypstError as error:
        raise _in_our_words(error) from None
    return pdf  # type: ignore[return-value]  # A list only of pictures.


def _in_our_words(error: typst.TypstError) -> Exception:
    """What went wrong, without the text that it went wrong with."""
    said = f"{error.message}\n{error.diagnostic}"
    too_long = TOO_LONG.search(said)
    if too_long:
        return TooLong(int(too_long[1]))
    signs = tuple(dict.fromkeys(MISSING_SIGN.findall(said)))
    return NoSign(signs) if signs else RuntimeError("The template of letters does not compile.")


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


@cache
def prepared_fonts() -> typst.Fonts:
    """Read once: nothing but what is bundled, so that a letter looks the same everywhere."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


@cache
def _compiler() -> typst.Compiler:
    """One for the process: each new one would keep what it made in memory (`make bench` shows)."""
    return typst.Compiler(font_paths=prepared_fonts())
