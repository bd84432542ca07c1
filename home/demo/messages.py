"""The demonstration's messages of solidarity: to three invented people, some read and some not."""

from datetime import datetime, timedelta
from typing import Any

from campaigns.cases.models import WriterRules
from campaigns.petitions import services, solidarity
from campaigns.petitions.models import Edition, SolidarityMessage
from campaigns.supporters.models import Consent, Supporter
from campaigns.supporters.wordings import message_wording
from home.users.models import User

# To whom one may write, and what their rules say besides.
FRIENDS: dict[str, dict[str, Any]] = {
    "ana-drovik": {},
    "tomas-elarin": {"may_use_religious_words": False},
    "noor-hadesh": {"may_mention_us": False, "own_address": WriterRules.OwnAddress.INITIALS},
}
WAITING, APPROVED, REFUSED = SolidarityMessage.State
# To whom, in which language, signed as, how many hours ago, what has become of it, and the words.
MESSAGES = (
    ("ana-drovik", "fr", "Mila", 90, APPROVED,
     "Chère Ana,\n\nvotre journal circule encore, de main en main. Nous pensons à vous."),
    ("ana-drovik", "nl", "Joris", 80, APPROVED,
     "Beste Ana,\n\nin onze klas hangt je foto naast het raam. We vergeten je niet."),
    ("ana-drovik", "de", "Greta", 70, APPROVED,
     "Liebe Ana,\n\nheute habe ich für Sie einen Brief geschrieben. Halten Sie durch."),
    ("ana-drovik", "en", "L. B.", 60, WAITING,
     "Dear Ana,\n\nI print posters for a living and think of your press every morning."),
    ("ana-drovik", "fr", "Noé", 3, WAITING, "Courage. Nous sommes nombreux."),
    ("tomas-elarin", "nl", "Wout", 30, WAITING,
     "Dag Tomás,\n\nmijn dochter heeft een vogel voor je getekend. Ik schrijf gauw weer."),
    ("tomas-elarin", "fr", "Inès", 28, REFUSED, "Que Dieu vous garde, vous et les vôtres."),
    ("noor-hadesh", "en", "A. O.", 20, APPROVED, "We know your name, and we say it aloud."),
    ("noor-hadesh", "de", "E. Y.", 2, WAITING, "Sie sind nicht allein."),
)  # fmt: skip
WHY_REFUSED = "Please write again without religious words: they are held against him in prison."


def build_messages(*, now: datetime) -> None:
    """Rules that allow writing, and messages of people who signed. Only once."""
    edition = Edition.objects.order_by("-year").first()
    if edition is None or SolidarityMessage.objects.exists():
        return
    for reference, rules in FRIENDS.items():
        WriterRules.objects.filter(case__reference=reference).update(
            may_write_to_family=True, **rules
        )
    moderator = User.objects.get(username="moderator")
    writers = Supporter.objects.filter(email__startswith="signer-").order_by("pk")
    for writer, (reference, language, signed_as, hours, state, text) in zip(
        writers[: len(MESSAGES)], MESSAGES, strict=True
    ):
        written_at = now - timedelta(hours=hours)
        recipient = solidarity.recipient((edition.year, reference))
        services.write_message_as_known(
            recipient=recipient,
            supporter=writer,
            words=services.MessageWords(text=text, signed_as=signed_as),
            method=Consent.Method.DEVICE,
            language=language,
            wording=message_wording(language),
            now=written_at,
        )
        message = SolidarityMessage.objects.get(edition=edition, supporter=writer)
        decided_at = written_at + timedelta(hours=1)
        if state == APPROVED:
            services.approve_message(message=message, by=moderator, now=decided_at)
        elif state == REFUSED:
            services.refuse_message(
                message=message, reason=WHY_REFUSED, by=moderator, now=decided_at
            )
