"""What each provider can do for a mailing, as its documentation and Anymail's say.

Only where every reader can have their own words *and* their own headers in one call do several go
together; everywhere else it is one call each. Without `List-Unsubscribe` of one's own per reader,
nobody could stop the mails with one press in the mail program (RFC 8058).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

ONE_EACH = ""


@dataclass(frozen=True)
class Provider:
    """One provider.

    `most` readers go into one claim; together in one call where `placeholder` (a format with
    `{}` for the name) is given. `key_lifetime`: how long it recognises a repeated call by our key.
    `backend` replaces the configured one for mailings.
    """

    name: str
    most: int
    placeholder: str = ONE_EACH
    key_lifetime: timedelta | None = None
    backend: str = ""
    # A 5xx answer says for sure that nothing was taken.
    takes_nothing_at_5xx: bool = False

    @property
    def takes_several(self) -> bool:
        return self.placeholder != ONE_EACH

    def placeholder_for(self, name: str) -> str:
        """How the provider writes a reader's value of that name."""
        return self.placeholder.replace("{}", name)


KEYED = "campaigns.outbox.bulk.keyed_backends"
# Few at a time where nobody can tell us afterwards what has left.
FEW = 25
# A mail server takes a mail faster than the database does what each claim costs.
MORE = 100

PROVIDERS = {
    "anymail.backends.mailgun.EmailBackend": Provider("Mailgun", 1000, "%recipient.{}%"),
    "anymail.backends.mailjet.EmailBackend": Provider("Mailjet", 50, "[[var:{}]]"),
    "anymail.backends.sendgrid.EmailBackend": Provider("SendGrid", 1000, "-{}-"),
    # It takes finished mails by the hundred; we fill in the values ourselves.
    "anymail.backends.resend.EmailBackend": Provider(
        "Resend",
        100,
        "{{}}",
        key_lifetime=timedelta(hours=23),
        backend=f"{KEYED}.ResendBackend",
    ),
    "anymail.backends.brevo.EmailBackend": Provider(
        "Brevo", FEW, key_lifetime=timedelta(minutes=25), backend=f"{KEYED}.BrevoBackend"
    ),
    "anymail.backends.sparkpost.EmailBackend": Provider(
        "SparkPost", FEW, key_lifetime=timedelta(hours=23), backend=f"{KEYED}.SparkPostBackend"
    ),
    "anymail.backends.postmark.EmailBackend": Provider("Postmark", FEW, takes_nothing_at_5xx=True),
    "anymail.backends.amazon_ses.EmailBackend": Provider("Amazon SES", FEW),
    "django.core.mail.backends.smtp.EmailBackend": Provider("SMTP", MORE),
    settings.LOCAL_INBOX_BACKEND: Provider("local inbox", FEW),
}


def current_provider() -> Provider:
    """The provider that EMAIL_BACKEND names; one call each where we know nothing of it."""
    return PROVIDERS.get(settings.EMAIL_BACKEND) or Provider(settings.EMAIL_BACKEND, FEW)
