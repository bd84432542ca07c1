"""Compiles `locale/*/LC_MESSAGES/*.po`, where they are newer, without needing GNU gettext.

Run as `python -m config.catalogues` from the Makefile and by the test suite.
"""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parents[2] / "locale"


def compile_catalogues() -> None:
    """Write the .mo beside each .po that is newer than it."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


if __name__ == "__main__":
    compile_catalogues()
