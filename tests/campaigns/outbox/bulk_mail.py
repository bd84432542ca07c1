"""A batch to hand over, and the settings of each provider's API at an address of ours."""

from typing import Any

from campaigns.outbox.bulk import Batch, Recipient

HTML = '<p>{greeting}</p><p><a href="{stop_link}">Stop</a></p>'
TEXT = "{greeting}\n\nStop: {stop_link}\n"
APIS = {
    "mailgun": "v3",
    "resend": "",
    "mailjet": "v3.1",
    "sendgrid": "v3",
    "postmark": "",
    "brevo": "v3",
    "sparkpost": "api/v1",
}
KEY_SETTINGS = {"mailjet": "MAILJET_SECRET_KEY", "postmark": "POSTMARK_SERVER_TOKEN"}


def reader(number: int, address: str = "", **values: str) -> Recipient:
    address = address or f"reader-{number}@example.org"
    return Recipient(
        number,
        address,
        {
            "greeting": f"Hello Mila {number},",
            "stop_link": f"https://obstinate.example.org/en/m/stop/{number}/",
            **values,
        },
        {"List-Unsubscribe": f"<https://obstinate.example.org/en/m/stop/{number}/>"},
    )


def batch(*readers: Recipient, **fields: Any) -> Batch:
    return Batch(
        **{
            "subject": "A letter for Noor",
            "html": HTML,
            "text": TEXT,
            "recipients": list(readers) or [reader(1), reader(2), reader(3)],
            "headers": {"List-Id": "<urgent-actions.en.example.org>"},
            "metadata": {"mailing": "0123456789ab", "chunk": "7"},
            "tag": "mailing-urgent_action",
            "key": "0123456789ab-7",
            **fields,
        }
    )


def use_api(settings: Any, name: str, url: str, *, timeout: float = 5) -> None:
    """Send through that provider's API, which answers at `url`."""
    settings.EMAIL_BACKEND = f"anymail.backends.{name}.EmailBackend"
    settings.ANYMAIL = {
        "IGNORE_UNSUPPORTED_FEATURES": True,
        "REQUESTS_TIMEOUT": timeout,
        f"{name.upper()}_API_URL": f"{url}/{APIS[name]}".rstrip("/"),
        f"{name.upper()}_API_KEY": "key-of-nobody",
        KEY_SETTINGS.get(name, "UNUSED"): "key-of-nobody",
    }
