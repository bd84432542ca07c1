"""Addresses whose domain looks like a slip of the finger. To ask about, never to refuse."""

from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Where most readers have their mailboxes. What stands here is never asked about.
COMMON_DOMAINS = """
    gmail.com googlemail.com icloud.com me.com mac.com msn.com aol.com mail.com email.com mailo.com
    ymail.com rocketmail.com gmx.com gmx.net gmx.de gmx.at gmx.ch gmx.fr proton.me pm.me
    protonmail.com protonmail.ch tutanota.com tuta.io tuta.com posteo.de posteo.net riseup.net
    mailbox.org fastmail.com zoho.com yandex.com
    hotmail.com hotmail.be hotmail.fr hotmail.nl hotmail.de hotmail.co.uk
    outlook.com outlook.be outlook.fr outlook.de
    live.com live.be live.fr live.nl live.de live.co.uk
    yahoo.com yahoo.fr yahoo.de yahoo.co.uk
    skynet.be telenet.be proximus.be scarlet.be voo.be brutele.be base.be belgacom.be
    pandora.be orange.be edpnet.be ulb.be ulb.ac.be uclouvain.be kuleuven.be ugent.be
    orange.fr wanadoo.fr free.fr sfr.fr neuf.fr laposte.net bbox.fr numericable.fr
    web.de t-online.de freenet.de arcor.de online.de vodafone.de mail.de email.de
    ziggo.nl kpnmail.nl kpnplanet.nl planet.nl xs4all.nl hetnet.nl home.nl casema.nl upcmail.nl
    chello.nl tele2.nl solcon.nl quicknet.nl
    pt.lu internet.lu bluewin.ch sunrise.ch aon.at btinternet.com
""".split()  # noqa: SIM905  (a list of a hundred lines would hide what it says)
NAMES = {domain.partition(".")[0] for domain in COMMON_DOMAINS}
# Endings that no domain has, and the one that was meant.
MISTYPED_ENDINGS = {
    "con": "com", "cmo": "com", "ocm": "com", "comm": "com", "coom": "com", "conm": "com",
    "vom": "com", "xom": "com", "cim": "com", "cpm": "com", "ckm": "com", "clm": "com",
    "ner": "net", "nte": "net", "nett": "net", "ogr": "org", "orgg": "org", "bee": "be", "eb": "be",
}  # fmt: skip
# Countries whose ending is a slip for .com more often than itself.
SLIPS_FOR_COM = {"co", "cm", "om"}
# difflib's measure: two letters changed places in `gmial.com` (0.89) and nothing much wilder.
LIKENESS = 0.87


def likely_address(address: str) -> str:
    """The address that was probably meant, or "" where nothing looks wrong.

    Compares the domain with well-known ones; asks no network.
    """
    local, _at, typed = address.rpartition("@")
    domain = typed.lower()
    meant = _likely_domain(domain)
    return "" if meant == domain else f"{local}@{meant}"


@lru_cache(maxsize=1024)
def _likely_domain(domain: str) -> str:
    """The domain that was probably meant: itself, where nothing looks wrong."""
    if domain in COMMON_DOMAINS:
        return domain
    name, _dot, ending = domain.rpartition(".")
    meant = f"{name}.{MISTYPED_ENDINGS.get(ending, ending)}"
    if name == "gmail":
        meant = "gmail.com"  # It has no branches.
    elif meant not in COMMON_DOMAINS and not _is_branch(domain):
        # One letter too many or too few is a slip; two make another word: yopmail.
        alike = [known for known in COMMON_DOMAINS if abs(len(known) - len(meant)) <= 1]
        meant = next(iter(get_close_matches(meant, alike, 1, LIKENESS)), meant)
    return meant


def _is_branch(domain: str) -> bool:
    """Whether a well-known name stands under another country: `hotmail.se`."""
    name, _dot, ending = domain.partition(".")
    return name in NAMES and len(ending) == 2 and ending not in SLIPS_FOR_COM | {*MISTYPED_ENDINGS}


class AskedField(forms.CharField):
    """The address that the reader has been asked about; nonsense is as good as nothing."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, required=False)

    def clean(self, value: Any) -> str:
        try:
            return str(super().clean(value))
        except ValidationError:
            return ""


class AddressQuestionForm(forms.Form):
    """Asks once about an `email` that looks misspelt; the second press is an answer.

    `components/address_question.html` offers the likely address at one press. Put it behind the
    form's own button: the first button is what the Enter key presses.
    """

    asked_about = AskedField()
    likely_address = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        typed = data.get("email", "")
        likely = likely_address(typed)
        is_taken = self.data.get(self.add_prefix("take")) == likely
        if not likely or (data.get("asked_about") == typed and not is_taken):
            return data
        # What was typed comes back with this form, corrected or with the question noted.
        sent: Any = self.data
        self.data = sent = sent.copy()
        if is_taken:
            sent[self.add_prefix("email")] = data["email"] = likely
            return data
        sent[self.add_prefix("asked_about")] = typed
        self.likely_address = likely
        self.add_error("email", _question(likely=likely, typed=typed))
        return data


def _question(*, likely: str, typed: str) -> ValidationError:
    return ValidationError(
        _("Did you mean %(likely)s? If %(typed)s is right, press the button again."),
        code="misspelt",
        params={"likely": likely, "typed": typed},
    )
