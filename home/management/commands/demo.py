from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from home.demo.builder import STAFF, STAFF_PASSWORD, build_demo
from home.demo.mailings import build_mailings
from home.demo.marathon import READER, personal_link


class Command(BaseCommand):
    help = "Builds the demonstration site: pages in four languages, petitions, staff."

    def handle(self, **_options: object) -> None:
        if settings.EMAIL_BACKEND != settings.LOCAL_INBOX_BACKEND and not settings.DEBUG:
            raise CommandError("The demonstration has known passwords: not on a site that mails.")
        now = timezone.now()
        build_demo(now=now)
        build_mailings(now=now)
        self.stdout.write(
            "\n".join(
                [
                    "",
                    "  Obstinate is ready.",
                    "",
                    f"    Site        {settings.BASE_URL}/fr/   (also /nl/ /de/ /en/)",
                    f"    Local inbox {settings.BASE_URL}/outbox/   every mail of this machine",
                    f"    Staff       {settings.BASE_URL}/admin/",
                    f"                {', '.join(STAFF)}",
                    f"                password: {STAFF_PASSWORD}",
                    "",
                    f"    A mailing's link to the letter marathon, for {READER}:",
                    f"    {personal_link(now=now)}",
                    "",
                ]
            )
        )
