"""The words of the interface: every one of them, in every language."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
# Words in English need no translation: they are the message ids.
TRANSLATED = [code for code, _name in settings.LANGUAGES if code != "en"]


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))


def normal(words: str) -> str:
    return " ".join(words.split())


def messages_of_templates() -> set[tuple[str, str]]:
    """What the templates ask to have translated, with the file that asks."""
    found = set()
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix not in {".html", ".txt", ".mjml"}:
            continue
        text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"))
        where = str(path.relative_to(ROOT))
        for match in re.finditer(r"""{%\s*(?:translate|trans)\s+("([^"]+)"|'([^']+)')""", text):
            found.add((match[2] or match[3], where))
        for match in re.finditer(
            r"{%\s*blocktrans(?:late)?\b([^%]*)%}(.*?){%\s*endblocktrans(?:late)?\s*%}",
            text,
            re.DOTALL,
        ):
            options, words = match[1], match[2]
            for part in re.split(r"{%\s*plural\s*%}", words):
                message = re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", part)
                message = message if "trimmed" not in options else _trim(message)
                found.add((message, where))
    return found


def _trim(words: str) -> str:
    return " ".join(line.strip() for line in words.strip().splitlines() if line.strip())


def known_messages(language: str) -> dict[str, polib.POEntry]:
    entries = {}
    for entry in catalogue(language):
        if not entry.obsolete:
            entries[entry.msgid] = entry
            if entry.msgid_plural:
                entries[entry.msgid_plural] = entry
    return entries


def test_the_templates_have_words_to_translate():
    assert len(messages_of_templates()) > 100


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_of_every_template_is_translated(language):
    known = known_messages(language)
    missing = sorted(
        f"{where}: {message}"
        for message, where in messages_of_templates()
        if message not in known or not known[message].translated()
    )
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_message_is_empty_or_uncertain(language):
    unfinished = [
        entry.msgid
        for entry in catalogue(language)
        if not entry.obsolete and (not entry.translated() or "fuzzy" in entry.flags)
    ]
    assert unfinished == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_filled_in_is_filled_in_everywhere(language):
    wrong = []
    for entry in catalogue(language):
        translations = [entry.msgstr, *entry.msgstr_plural.values()]
        wanted = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        for words in filter(None, translations):
            found = set(PLACEHOLDER.findall(words))
            # "One person" may leave its number out.
            if found != wanted and not (entry.msgid_plural and found < wanted):
                wrong.append((entry.msgid, words))
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_words_are_those_of_the_catalogue(language):
    from django.utils import translation

    with translation.override(language):
        for entry in catalogue(language):
            if entry.msgstr and not entry.msgctxt and not entry.obsolete:
                assert translation.gettext(entry.msgid) == entry.msgstr


def test_every_language_of_the_site_but_english_has_a_catalogue():
    found = {path.parts[-3] for path in ROOT.glob("locale/*/LC_MESSAGES/django.po")}
    assert found >= set(TRANSLATED)
