"""Keeps people out of the logs: addresses and the tokens of mailed links are blacked out."""

import logging
import re

# Each begins where a word begins: tried at every letter of a long path, it would take seconds.
ADDRESS = re.compile(
    r"(?<![^\s<>\"=:/,;@&?()\[\]{}])[^\s<>\"=:/,;@&?()\[\]{}]+(?:@|%40)[^\s<>\"'=:/,;@&?()\[\]{}]+"
)
# Django's signed values: payload:timestamp:signature, or payload:signature; in URLs maybe quoted.
TOKEN = re.compile(r"(?<![\w.-])[\w.-]+(?:(?::|%3A)[\w-]+)?(?::|%3A)[\w-]{27,}", re.IGNORECASE)


def redact(words: str) -> str:
    """The same words without e-mail addresses and signed tokens."""
    return TOKEN.sub("[token]", ADDRESS.sub("[address]", words))


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
