"""Members of staff at their desks: pages as they read them, buttons as they press them."""

from typing import Any

from django.test import Client
from django.urls import reverse

from campaigns.mailings.models import Audience, Mailing
from campaigns.petitions.models import Petition
from home.models import NewsletterPage, UrgentActionPage
from tests.campaigns.petitions.crowds import staff_in_english
from tests.factories.mailings import make_audience
from tests.factories.pages import make_newsletter_page, make_urgent_action_page
from tests.pages import ServedPage


def desk_of(role: str, **fields: Any) -> Client:
    """A browser in which a member of staff of this role is logged in, reading English."""
    user = staff_in_english(role)
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()
    client = Client()
    client.force_login(user)
    client.user = user  # type: ignore[attr-defined]
    return client


def newsletter_in(*languages: str, **fields: Any) -> NewsletterPage:
    """A newsletter that is published in these languages; returns the first."""
    first, *others = languages
    page = make_newsletter_page(language=first, title=f"Novembre ({first})", **fields)
    for language in others:
        make_newsletter_page(
            language=language,
            title=f"Novembre ({language})",
            translation_key=page.translation_key,
            **fields,
        )
    return page


def urgent_page(**fields: Any) -> UrgentActionPage:
    """An open urgent action, published in French, with something to sign."""
    page = make_urgent_action_page(**fields)
    page.petition = Petition.objects.create(reference=f"ua-{page.pk}", case=page.urgent_action.case)
    page.save_revision().publish()
    return page


def draft(page: Any = None, *, audience: Audience | None = None, **fields: Any) -> Mailing:
    """A mailing that has just been begun."""
    return Mailing.objects.create(
        **{
            "title": "November",
            "page": page or newsletter_in("fr", "nl", "de", "en"),
            "audience": audience or make_audience(),
            **fields,
        }
    )


def page_of(client: Client, mailing: Mailing) -> ServedPage:
    """The mailing's page, as it is served."""
    response = client.get(reverse("mailings_of_staff:inspect", args=[mailing.pk]))
    assert response.status_code == 200
    return ServedPage(response.text)


def button(mailing: Mailing, name: str) -> str:
    """The address of one of its transitions."""
    return reverse("mailings_of_staff:transition", args=[mailing.pk, name])


def press(client: Client, mailing: Mailing, name: str, **typed: Any) -> Any:
    """Press it, and follow where it leads."""
    response: Any = client.post(button(mailing, name), typed, follow=True)
    return response


def offered(page: ServedPage) -> list[str]:
    """The buttons that a page has."""
    return [
        " ".join(link.words.split())
        for link in page.all("a")
        if any("workspace-actions" in above.attributes.get("class", "") for above in link.parents)
    ]


def words_of(page: ServedPage) -> str:
    """All that can be read on it, on one line."""
    [body] = page.all("body")
    return " ".join(body.words.split())


def table(page: ServedPage, title: str) -> list[list[str]]:
    """The rows of the section with that title."""
    headings = [each for each in page.all("h2") if each.words.strip() == title]
    assert headings, [each.words.strip() for each in page.all("h2")]
    section = headings[0].parents[-1]
    rows = [row for row in page.all("tr") if any(above is section for above in row.parents)]
    found = [
        [
            " ".join(cell.words.split())
            for cell in page.all("td")
            if any(above is row for above in cell.parents)
        ]
        for row in rows
    ]
    return [row for row in found if row]


def approved(mailing: Mailing, *, campaigner: Client, moderator: Client) -> Mailing:
    """Sent to review by one, approved by the other, through their buttons."""
    press(campaigner, mailing, "submit")
    form = ServedPage(moderator.get(button(mailing, "approve")).text)
    [seal] = form.all("input", name="seal")
    press(
        moderator,
        mailing,
        "approve",
        seal=seal.attributes["value"],
        languages=list(mailing.contents.values_list("language", flat=True)),
    )
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.APPROVED
    return mailing
