"""A mail encoded once, and filled for each reader as bytes.

Building and encoding a MIME message takes longer than sending it. The parts are quoted-printable
(RFC 2045, 6.7); a soft line break stands before and after each value, so that values can be put in
without encoding the rest again.
"""

import quopri
import re
import secrets
from email.charset import QP, Charset
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from functools import lru_cache

from django.conf import settings
from django.core.mail.message import sanitize_address

from .batches import PLACEHOLDER, Batch, Recipient, fill

SOFT_BREAK = b"=\r\n"
LINE = 72
_PLAIN = re.compile(r"[!-<>-~ ]*")


class PreparedMime:
    """One content as bytes with gaps. `for_reader` fills them."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        boundary = f"=_{secrets.token_hex(16)}"
        self._head = self._head_of(batch, boundary)
        start = f"--{boundary}\r\nContent-Type: text/{{}}; charset=utf-8\r\n"
        start += "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        self._pieces: list[tuple[bytes, str, bool]] = []
        self._add(start.format("plain").encode(), batch.text, is_html=False)
        self._add(b"\r\n" + start.format("html").encode(), batch.html, is_html=True)
        self._tail = f"\r\n--{boundary}--\r\n".encode()

    def for_reader(self, reader: Recipient, *, to: str) -> bytes:
        """The whole mail for one reader, ready for DATA. `to` is their address in ASCII."""
        subject = fill(self._batch.subject, reader.values)
        out = [f"To: {to}\r\nSubject: {_header(subject)}\r\n".encode()]
        out += [f"{name}: {value}\r\n".encode() for name, value in reader.headers.items()]
        out.append(self._head)
        encoded: dict[str, bytes] = {}
        for piece, name, is_html in self._pieces:
            out.append(piece)
            if name:
                key = f"{name}{is_html}"
                if key not in encoded:
                    # What means nothing stays as it is, as in `fill`.
                    value = reader.values.get(name, f"{{{name}}}")
                    encoded[key] = _value(value, is_html=is_html)
                out.append(encoded[key])
        out.append(self._tail)
        return b"".join(out)

    def _add(self, before: bytes, text: str, *, is_html: bool) -> None:
        """Cut a body at its placeholders: bytes, then the name of the value that follows them."""
        at = 0
        piece = before
        for found in PLACEHOLDER.finditer(text):
            piece += _encoded(text[at : found.start()]) + SOFT_BREAK
            self._pieces.append((piece, found[1], is_html))
            piece = SOFT_BREAK
            at = found.end()
        self._pieces.append((piece + _encoded(text[at:]), "", is_html))

    @staticmethod
    def _head_of(batch: Batch, boundary: str) -> bytes:
        name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        message = EmailMessage()
        message["From"] = Address(name, addr_spec=address)
        message["Date"] = formatdate(localtime=False, usegmt=True)
        message["MIME-Version"] = "1.0"
        for header, value in batch.headers.items():
            message[header] = value
        head = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").rstrip(b"\r\n")
        content = f'Content-Type: multipart/alternative; boundary="{boundary}"'
        return head + f"\r\n{content}\r\n\r\n".encode()


def ascii_address(address: str) -> str:
    """An address as mail servers of all ages take it: its domain in Punycode."""
    return address if address.isascii() else sanitize_address(address, "utf-8")


def _encoded(text: str) -> bytes:
    """Quoted-printable, with line ends as they travel."""
    if not text:
        return b""
    encoded = quopri.encodestring(text.replace("\r\n", "\n").encode(), quotetabs=False)
    if encoded.endswith(b"=\n") and not text.endswith("\n"):
        encoded = encoded[:-2]
    # A dot or "From " at the start of a line is smtplib's and the servers' business.
    return encoded.replace(b"\n", b"\r\n")


def _value(value: str, *, is_html: bool) -> bytes:
    if is_html:
        value = fill("{v}", {"v": value}, is_html=True)
    if _PLAIN.fullmatch(value) and not value.endswith(" "):
        parts = [value[at : at + LINE] for at in range(0, len(value), LINE)]
        # A line that ends in a space would lose it on the way.
        return SOFT_BREAK.join(part.encode() for part in parts)
    return _encoded(value)


@lru_cache(maxsize=256)
def _header(subject: str) -> str:
    """A subject as a header line, encoded where it is not ASCII (RFC 2047)."""
    charset = Charset("utf-8")
    charset.header_encoding = QP
    clean = " ".join(subject.split())
    if clean.isascii() and len(clean) < 60:
        return clean
    return Header(clean, charset, header_name="Subject", maxlinelen=74).encode(linesep="\r\n")
