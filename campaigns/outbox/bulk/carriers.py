"""The three ways out: a provider's batch call, one call each, and one open SMTP connection."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from anymail.backends.base import AnymailBaseBackend
from anymail.exceptions import AnymailRecipientsRefused
from anymail.message import AnymailMessage
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.utils import timezone

from .answers import Answer, Fate, Outcome, Trouble, TroubleKind, read_error
from .batches import PLACEHOLDER, Batch, Recipient, fill
from .mime import PreparedMime, ascii_address
from .providers import Provider, current_provider

TAKEN = {"sent", "queued"}
# So many refused in a row, from the first one on, are no coincidence among confirmed mailboxes.
SUSPICIOUS = 5
REFUSED = {"invalid", "rejected", "failed"}


class Carrier(Protocol):
    """Hands batches over, one after the other, over whatever is open."""

    provider: Provider

    def hand_over(self, batch: Batch, *, until: datetime) -> Answer:
        """Call the provider once, or once for each reader as long as it is before `until`.

        Raises nothing but system exits.
        """
        ...


@contextmanager
def open_carrier() -> Iterator[Carrier]:
    """The way out that the settings name, open for as long as the caller has batches."""
    provider = current_provider()
    connection = get_connection(provider.backend or None)
    if isinstance(connection, SmtpBackend):
        smtp = SmtpCarrier(connection, provider)
        try:
            yield smtp
        finally:
            smtp.close()
        return
    # Anymail opens a session of its own for each call otherwise.
    if provider.takes_several or settings.EMAIL_BACKEND.startswith("anymail."):
        connection.open()
    try:
        several = provider.takes_several
        yield (BatchCarrier if several else OneEachCarrier)(connection, provider)
    finally:
        connection.close()


def _message(batch: Batch, *, to: list[str]) -> AnymailMessage:
    email = AnymailMessage(
        subject=batch.subject, body=batch.text, to=to, headers=dict(batch.headers)
    )
    email.attach_alternative(batch.html, "text/html")
    email.metadata = dict(batch.metadata)
    email.tags = [batch.tag]
    # Opens and clicks are nobody's business.
    email.track_opens = email.track_clicks = False
    email.idempotency_key = batch.key
    return email


class BatchCarrier:
    """All readers in one call; the provider puts their values in."""

    def __init__(self, connection: Any, provider: Provider) -> None:
        self._connection = connection
        self.provider = provider

    def hand_over(self, batch: Batch, *, until: datetime) -> Answer:
        email = _message(batch, to=[each.address for each in batch.recipients])
        email.subject, email.body = self._marked(batch.subject), self._marked(batch.text)
        email.alternatives = []
        email.attach_alternative(self._marked(batch.html), "text/html")
        email.merge_data = {each.address: dict(each.values) for each in batch.recipients}
        email.merge_headers = {each.address: dict(each.headers) for each in batch.recipients}
        email.merge_metadata = {
            each.address: {"delivery": str(each.delivery_id)} for each in batch.recipients
        }
        try:
            self._connection.send_messages([email])
        except AnymailRecipientsRefused:
            pass  # All of them; each status says so.
        except Exception as error:  # noqa: BLE001  (read_error knows them all, or doubts)
            return Answer(trouble=read_error(error, self.provider, now=timezone.now()))
        statuses = email.anymail_status.recipients
        return Answer([_outcome(statuses.get(each.address)) for each in batch.recipients])

    def _marked(self, text: str) -> str:
        return PLACEHOLDER.sub(lambda found: self.provider.placeholder_for(found[1]), text)


class OneEachCarrier:
    """One call for each reader, with finished words: any backend of Django or Anymail can."""

    def __init__(self, connection: Any, provider: Provider) -> None:
        self._connection = connection
        self.provider = provider
        # Django's own backends say nothing but that they raised no error.
        self._tells = isinstance(connection, AnymailBaseBackend)

    def hand_over(self, batch: Batch, *, until: datetime) -> Answer:
        outcomes: list[Outcome] = []
        for reader in batch.recipients:
            if timezone.now() >= until:
                break
            email = self._finished(batch, reader)
            try:
                self._connection.send_messages([email])
            except AnymailRecipientsRefused:
                outcomes.append(Outcome(Fate.REJECTED, why="refused"))
                continue
            except Exception as error:  # noqa: BLE001  (read_error knows them all, or doubts)
                trouble = read_error(error, self.provider, now=timezone.now())
                if trouble.kind is TroubleKind.BAD_CONTENT:
                    outcomes.append(Outcome(Fate.REJECTED, why=trouble.note))
                    if _refuses_everybody(outcomes):
                        return Answer((), Trouble(TroubleKind.ACCOUNT, trouble.note))
                    continue
                if trouble.kind is TroubleKind.UNKNOWN:
                    outcomes.append(Outcome(Fate.UNKNOWN, why=trouble.note))
                return Answer(outcomes, trouble)
            if self._tells:
                statuses = email.anymail_status.recipients
                outcomes.append(_outcome(next(iter(statuses.values()), None)))
            else:
                outcomes.append(Outcome(Fate.ACCEPTED))
        return Answer(outcomes)

    @staticmethod
    def _finished(batch: Batch, reader: Recipient) -> AnymailMessage:
        email = _message(batch, to=[reader.address])
        email.subject = fill(batch.subject, reader.values)
        email.body = fill(batch.text, reader.values)
        email.alternatives = []
        email.attach_alternative(fill(batch.html, reader.values, is_html=True), "text/html")
        email.extra_headers.update(reader.headers)
        email.metadata["delivery"] = str(reader.delivery_id)
        email.idempotency_key = f"{batch.key}-{reader.delivery_id}"
        return email


class SmtpCarrier:
    """One connection, opened once; the mail is encoded once per content and filled as bytes."""

    def __init__(self, connection: SmtpBackend, provider: Provider) -> None:
        self._connection = connection
        self.provider = provider
        self._prepared: tuple[str, PreparedMime] | None = None

    def hand_over(self, batch: Batch, *, until: datetime) -> Answer:
        trouble = self._attempt(self._open)
        if trouble is not None:
            return Answer(trouble=trouble)
        mime = self._mime_of(batch)
        server: Any = self._connection.connection
        sender = mime.sender
        outcomes: list[Outcome] = []
        for reader in batch.recipients:
            if timezone.now() >= until:
                break
            address = ascii_address(reader.address)
            try:
                server.sendmail(sender, [address], mime.for_reader(reader, to=address))
            except smtplib.SMTPRecipientsRefused as error:
                code = max(code for code, _words in error.recipients.values())
                if code >= 500:
                    outcomes.append(Outcome(Fate.REJECTED, why=f"SMTP {code}"))
                    continue
                # Busy with this mailbox or with us: the rest of the chunk waits, too.
                wait = read_error(
                    smtplib.SMTPResponseException(code, b""), self.provider, now=timezone.now()
                )
                return Answer(outcomes, wait)
            except smtplib.SMTPDataError as error:
                trouble = read_error(error, self.provider, now=timezone.now())
                if trouble.kind is TroubleKind.BAD_CONTENT:
                    outcomes.append(Outcome(Fate.REJECTED, why=trouble.note))
                    continue
                return Answer(outcomes, trouble)
            except (smtplib.SMTPException, OSError) as error:
                self.close()
                trouble = read_error(error, self.provider, now=timezone.now())
                if trouble.kind in {TroubleKind.UNKNOWN, TroubleKind.NOT_TAKEN}:
                    # It broke off within this reader's mail.
                    outcomes.append(Outcome(Fate.UNKNOWN, why=trouble.note))
                return Answer(outcomes, trouble)
            outcomes.append(Outcome(Fate.ACCEPTED))
        return Answer(outcomes)

    def close(self) -> None:
        """End the connection, whatever state it is in."""
        self._connection.close()
        self._connection.connection = None

    def _open(self) -> None:
        server = self._connection.connection
        if server is not None:
            try:
                if server.noop()[0] == 250:
                    return
            except (smtplib.SMTPException, OSError):
                pass  # It had gone; open another.
            self._connection.connection = None
        self._connection.open()

    def _attempt(self, act: Callable[[], object]) -> Trouble | None:
        """Before anything is handed over, what goes wrong has left nothing."""
        try:
            act()
        except Exception as error:  # noqa: BLE001  (read_error knows them all)
            trouble = read_error(error, self.provider, now=timezone.now())
            if trouble.kind is TroubleKind.UNKNOWN:
                return Trouble(TroubleKind.NOT_TAKEN, trouble.note)
            return trouble
        return None

    def _mime_of(self, batch: Batch) -> PreparedMime:
        """The content as it was encoded for the batch before, where it is the same."""
        same = f"{hash((batch.subject, batch.text, batch.html))}-{sorted(batch.headers.items())}"
        if self._prepared is None or self._prepared[0] != same:
            self._prepared = (same, PreparedMime(batch))
        return self._prepared[1]


def _refuses_everybody(outcomes: list[Outcome]) -> bool:
    """Whether the first readers were all refused: then it is about us, and not about them.

    Some providers refuse an account or a sender with the status that others have for an address.
    """
    return len(outcomes) == SUSPICIOUS and all(
        outcome.fate is Fate.REJECTED for outcome in outcomes
    )


def _outcome(status: Any) -> Outcome:
    """What Anymail read of one reader in a provider's answer."""
    told = getattr(status, "status", None)
    provider_id = str(getattr(status, "message_id", None) or "")
    if told in TAKEN:
        return Outcome(Fate.ACCEPTED, provider_id)
    if told in REFUSED:
        return Outcome(Fate.REJECTED, provider_id, why=told)
    return Outcome(Fate.UNKNOWN, provider_id, why=told or "not mentioned")
