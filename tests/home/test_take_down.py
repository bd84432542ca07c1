"""The drill: a case is taken down, and nothing of the person is left at any public address.

Every address is asked before, so that the drill is known to see something, and again after. What
beat does is not needed: staff press a button, and the answer to the next request has changed.
"""

import html
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
import time_machine
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from campaigns.cases import services
from campaigns.cases.models import Case, CaseConsent
from campaigns.cases.tasks import follow_calendar
from campaigns.outbox.models import OutgoingMessage
from campaigns.petitions.models import Petition, Signature
from home import setup, take_down
from home.media.models import CustomDocument
from home.models import CasePage, HomePage, SearchPage, StandardPage, UrgentActionPage
from home.tasks import follow_cases
from home.users.models import User
from tests.databases import connected_to, copy_of_database
from tests.factories.pages import make_good_news_page, make_image, make_standard_page
from tests.factories.people import make_staff
from tests.pages import ServedPage, read_xml
from tests.rows import every_row
from tests.steps import (
    FROM_HERE,
    LANGUAGES,
    address,
    deliver_mail,
    html_of,
    link_in,
    open_link,
    press_button,
    press_sign,
    typed_signature,
)

PDF = b"%PDF-1.4 Noor Hadesh"
# Dutch has other words that begin like this: Noordzee, Noorwegen.
NAMES = {"Noor": r"noor(?![dw])", "Hadesh": r"hadesh"}
GONE = {302, 404, 410}
Scope = CaseConsent.Scope


def served(client: Client, path: str) -> bytes:
    """What a proxy would hand out for an address below /media/."""
    name = unquote(urlsplit(path).path).removeprefix(django_settings.MEDIA_URL)
    if not default_storage.exists(name):
        return b""
    with default_storage.open(name) as file:
        return file.read()


def words_of(response: Any) -> str:
    """Everything that reaches the reader: body, headers, addresses; as a person reads it."""
    body = b"".join(response) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    cookies = response.cookies.output()
    return unquote(html.unescape(f"{headers}\n{cookies}\n{body.decode(errors='replace')}"))


def found(text: str, *names: str) -> list[str]:
    """Where the names stand in a text, with what is around them."""
    wanted = names or tuple(NAMES)
    return [
        text[max(match.start() - 60, 0) : match.end() + 30]
        for name in wanted
        for match in re.finditer(NAMES[name], text, re.IGNORECASE)
    ]


def pictures_in(text: str) -> set[str]:
    """The addresses of the pictures that a page shows."""
    page = ServedPage(text)
    addresses = set()
    for element in page.elements:
        for part in (
            *element.attributes.get("srcset", "").split(","),
            element.attributes.get("src", ""),
        ):
            if part.strip().startswith(django_settings.MEDIA_URL):
                addresses.add(part.split()[0])
    return addresses


@dataclass
class Drill:
    """Every public address of one case, by kind, and what stands behind them."""

    case: Case
    client: Client
    pages: dict[str, list[str]] = field(default_factory=dict)
    # Renditions and originals.
    pictures: set[str] = field(default_factory=set)
    documents: list[str] = field(default_factory=list)
    document_files: list[str] = field(default_factory=list)

    def ask(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code in {200, *GONE}, (path, response.status_code)
        # What the reader has typed and leads nowhere; looked at by a test of its own.
        text = words_of(response)
        for code in LANGUAGES:
            text = re.sub(rf"Location: /{code}{re.escape(path)}/?\n", "", text)
        return text

    def named_in(self, *names: str) -> dict[str, int]:
        """How often the names stand at the addresses of each kind."""
        return {
            kind: sum(len(found(self.ask(path), *names)) for path in paths)
            for kind, paths in self.pages.items()
        }

    def leaks(self, *names: str) -> dict[str, list[str]]:
        """What is left of the names, by address."""
        left = {path: found(self.ask(path), *names) for path in self.all_pages()}
        return {path: places for path, places in left.items() if places}

    def all_pages(self) -> list[str]:
        return sorted({path for paths in self.pages.values() for path in paths})

    def shown_pictures(self) -> set[str]:
        """Pictures of the case that pages show at this moment."""
        return {
            picture
            for path in self.all_pages()
            for picture in pictures_in(self.client.get(path).content.decode(errors="replace"))
            if picture in self.pictures
        }

    def readable_pictures(self) -> set[str]:
        return {path for path in self.pictures if served(self.client, path)}

    def readable_documents(self) -> list[str]:
        by_view = [path for path in self.documents if self.client.get(path).status_code == 200]
        return by_view + [path for path in self.document_files if served(self.client, path)]


def _document(case: Case, name: str) -> CustomDocument:
    return CustomDocument.objects.create(
        title="Dossier", case=case, file=ContentFile(PDF, name=name)
    )


def _with_downloads(case: Case, document: CustomDocument, picture: Any) -> None:
    for page in CasePage.objects.filter(case=case):
        page.downloads = [
            ("download", {"document": document, "title": "Noor Hadesh (PDF)", "use": "reading"})
        ]
        page.body = [
            *((block.block_type, block.value) for block in page.body),
            ("picture", {"picture": picture, "caption": "La chambre de Noor Hadesh"}),
        ]
        page.save_revision().publish()


def _mentions(picture: Any) -> list[str]:
    """Pages that are about something else, and name the person in passing."""
    return [
        make_standard_page(
            language=language,
            title="Ce que disent les proches de Noor Hadesh",
            slug=f"proches-{language}",
            introduction="Avec O’Brien & Noor Hadesh.",
            search_description="La mère de Noor Hadesh raconte.",
            body=[
                ("heading", "Hadesh, sa famille"),
                ("paragraph", "<p>La mère de <b>Noor&nbsp;Hadesh</b> et NOOR HADESH.</p>"),
                ("testimony", {"quote": "On m’a rendu Noor.", "name": "Sami Hadesh", "role": ""}),
                ("picture", {"picture": picture, "caption": ""}),
            ],
        ).url
        for language in LANGUAGES
    ]


@dataclass(frozen=True)
class Stage:
    """A copy of the demonstration site in which a case has everything that a case can have."""

    database: str
    media: Path
    pages: dict[str, list[str]]
    pictures: set[str]
    document: int


@pytest.fixture(scope="module")
def _stage(
    _demo_database, django_db_blocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("drill")
    media = folder / "media"
    shutil.copytree(django_settings.MEDIA_ROOT, media)
    with (
        django_db_blocker.unblock(),
        connected_to(_demo_database),
        copy_of_database("drill", folder) as name,
    ):
        with connected_to(name), override_settings(MEDIA_ROOT=media):
            ContentType.objects.clear_cache()
            stage = _set_the_stage(name, media)
        yield stage
    ContentType.objects.clear_cache()


def _set_the_stage(database: str, media: Path) -> Stage:
    case = Case.objects.get(reference="noor-hadesh")
    picture = make_image()
    type(picture).objects.filter(pk=picture.pk).update(case=case)
    picture.refresh_from_db()
    # Wagtail hands the block an image with the words of this use of it.
    picture.contextual_alt_text, picture.decorative = "Noor Hadesh", False
    document = _document(case, "noor-hadesh.pdf")
    _with_downloads(case, document, picture)
    mentions = _mentions(picture)
    news = [
        make_good_news_page(
            language=language,
            case=case,
            title="Des nouvelles de Noor Hadesh",
            slug=f"noor-hadesh-{language}",
            introduction="Noor Hadesh a pu écrire.",
            happened_on=date(2026, 11, 12),
        ).url
        for language in LANGUAGES
    ]
    pages = addresses_of(case) | {"good news page": news, "other pages": mentions}
    # Renditions are made when a page is first read.
    for path in sorted({path for paths in pages.values() for path in paths}):
        Client().get(path)
    pictures = set()
    for image in (CasePage.objects.filter(case=case).first().portrait, picture):
        pictures.add(image.file.url)
        pictures |= {rendition.url for rendition in image.renditions.all()}
    return Stage(database, media, pages, pictures, document.pk)


@pytest.fixture
def demo(_stage: Stage, django_db_blocker, tmp_path: Path) -> Iterator[None]:
    """What a test changes is rolled back; files, which no transaction brings back, are its own."""
    folder = tmp_path / "media"
    shutil.copytree(_stage.media, folder)
    ContentType.objects.clear_cache()
    with (
        override_settings(MEDIA_ROOT=folder),
        django_db_blocker.unblock(),
        connected_to(_stage.database),
        transaction.atomic(),
    ):
        yield
        transaction.set_rollback(True)
    ContentType.objects.clear_cache()


@pytest.fixture
def drill(_stage: Stage, demo, client: Client) -> Drill:
    document = CustomDocument.objects.get(pk=_stage.document)
    return Drill(
        Case.objects.get(reference="noor-hadesh"),
        client,
        pages=dict(_stage.pages),
        pictures=set(_stage.pictures),
        documents=[document.url],
        document_files=[document.file.url],
    )


def addresses_of(case: Case) -> dict[str, list[str]]:
    """Where the public meets a case, in every language."""
    pages = CasePage.objects.filter(case=case).order_by("pk")
    actions = UrgentActionPage.objects.filter(urgent_action__case=case)
    petition = Petition.objects.get(case=case)
    cases = [page.get_parent().url for page in pages]
    action_lists = [page.get_parent().url for page in actions]

    def in_every_language(name: str) -> list[str]:
        return [address(name, petition.reference, language=code) for code in LANGUAGES]

    return {
        "case page": [page.url for page in pages],
        "updates": [child.url for page in pages for child in page.get_children()],
        "urgent action page": [page.url for page in actions],
        "country page": [
            page.url
            for model in [apps.get_model("home", "CountryPage")]
            for page in model.objects.filter(country=case.country)
        ],
        "list of cases": cases,
        "filtered list of cases": [
            f"{path}?{query}"
            for path in cases
            for query in ("country=xs", "state=open", "theme=disappearance")
        ],
        "list of urgent actions": action_lists,
        "filtered list of urgent actions": [f"{path}?state=open" for path in action_lists],
        "home": [page.url for page in HomePage.objects.all()],
        "list of good news": [
            page.url for page in apps.get_model("home", "GoodNewsIndexPage").objects.all()
        ],
        "search": [f"{page.url}?q=Hadesh" for page in SearchPage.objects.all()],
        "feed of urgent actions": [
            address("feed_urgent_actions", language=code) for code in LANGUAGES
        ],
        "feed of good news": [address("feed_good_news", language=code) for code in LANGUAGES],
        "sitemap": ["/sitemap.xml"],
        "signing": in_every_language("petitions:sign"),
        "thanks": in_every_language("petitions:thanks"),
        "confirmed": in_every_language("petitions:confirmed"),
        "passing on": in_every_language("petitions:share"),
        "passing on with Mastodon": in_every_language("petitions:share_on_mastodon"),
        "count": [reverse("petition_count", args=[petition.reference])],
        "short address": [f"/{case.reference}"],
    }


@pytest.fixture
def staff(demo) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="campaigner"))
    return client


def press(staff: Client, name: str, *arguments: Any, **typed: Any) -> Any:
    """Press a button of a workspace, and let happen what happens after the commit."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        response = staff.post(reverse(name, args=arguments), typed)
    assert response.status_code == 302, response.text
    return response


def take_down_case(staff: Client, case: Case) -> None:
    press(staff, "cases:transition", case.pk, "hide", reason="The family asked.")


def withdraw(staff: Client, case: Case, scope: str) -> None:
    for consent in CaseConsent.objects.filter(case=case, scope=scope, withdrawn_at=None):
        press(staff, "consents_of_cases:transition", consent.pk, "withdraw")


def test_the_drill_sees_the_person_everywhere(drill):
    seen = drill.named_in("Hadesh")
    figures_alone = {"count"}
    assert {kind for kind, number in seen.items() if not number} <= figures_alone
    assert len(drill.shown_pictures()) > 4
    assert drill.readable_pictures() == drill.pictures
    assert len(drill.readable_documents()) == 2


def ways_to_take_down() -> dict[str, Callable[[Client, Case], None]]:
    return {
        "taken down": take_down_case,
        "consent for the website withdrawn": lambda staff, case: withdraw(staff, case, Scope.WEB),
    }


@pytest.mark.parametrize("way", ways_to_take_down())
def test_nothing_of_the_person_is_left_at_any_address(drill, staff, client, way):
    ways_to_take_down()[way](staff, drill.case)
    assert drill.leaks() == {}
    assert drill.shown_pictures() == set()
    assert drill.readable_pictures() == set()
    assert drill.readable_documents() == []
    for kind in (
        "case page",
        "updates",
        "urgent action page",
        "good news page",
        "signing",
        "thanks",
        "confirmed",
        "count",
    ):
        for path in drill.pages[kind]:
            assert client.get(path, follow=True).status_code == 404, path
    for kind in ("country page", "list of cases", "home", "sitemap", "other pages"):
        for path in drill.pages[kind]:
            assert client.get(path).status_code == 200, path


def test_nothing_is_left_on_any_page_of_the_sitemap(drill, staff, client):
    before = {
        urlsplit(element.text).path
        for element in read_xml(client.get("/sitemap.xml").content).iter()
        if element.tag.endswith("}loc")
    }
    take_down_case(staff, drill.case)
    left = {path: found(drill.ask(path)) for path in before}
    assert {path: places for path, places in left.items() if places} == {}
    after = client.get("/sitemap.xml").text
    assert not any(path in after for path in drill.pages["case page"])


def test_what_was_asked_for_by_name_is_answered_without_it(drill, staff, client):
    """A short address that leads nowhere does not spell the name again, as a redirect would."""
    take_down_case(staff, drill.case)
    response = client.get("/noor-hadesh")
    assert response.status_code == 404
    assert found(words_of(response)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_queued_mail_is_cancelled_and_never_sent(drill, staff, client, mailoutbox, language):
    petition = Petition.objects.get(case=drill.case)
    press_sign(client, petition, language=language, email="late@example.org")
    message = OutgoingMessage.objects.latest("created_at")
    take_down_case(staff, drill.case)
    assert deliver_mail(mailoutbox) == []
    message.refresh_from_db()
    assert message.state == OutgoingMessage.State.CANCELLED


def mailed_link(client: Client, mailoutbox: list, case: Case, language: str = "fr") -> str:
    petition = Petition.objects.get(case=case)
    press_sign(client, petition, language=language, email="mailed@example.org")
    [mail] = deliver_mail(mailoutbox)
    assert found(mail.subject + mail.body + html_of(mail), "Noor")
    return link_in(mail)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mailed_link_says_that_it_was_withdrawn_and_nothing_else(
    drill, staff, client, mailoutbox, language
):
    path = mailed_link(client, mailoutbox, drill.case, language)
    assert found(words_of(open_link(client, path)), "Noor")
    take_down_case(staff, drill.case)
    door = client.get(path)
    assert found(words_of(door)) == []
    page = client.get(door.url)
    assert page.status_code == 410
    assert page.context["is_withdrawn"]
    assert found(words_of(page)) == []
    assert pictures_in(page.text) & drill.pictures == set()
    before = every_row()
    pressed = press_button(client, page)
    assert pressed.status_code == 410
    assert found(words_of(pressed)) == []
    assert every_row() == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_that_was_opened_before_stores_nothing_after(drill, staff, client, language):
    petition = Petition.objects.get(case=drill.case)
    page = CasePage.objects.get(case=drill.case, locale__language_code=language)
    form = ServedPage(client.get(page.url).text).typed()
    path = address("petitions:sign", petition.reference, language=language)
    take_down_case(staff, drill.case)
    before = every_row()
    response = client.post(path, typed_signature(page=form["page"]), headers=FROM_HERE)
    assert response.status_code in {404, 410}
    assert found(words_of(response)) == []
    assert every_row() == before


def test_a_form_on_another_page_does_not_name_the_page_it_came_from(drill, staff, client):
    """A slip on the form of one petition, said to come from a page that is gone."""
    gone = CasePage.objects.get(case=drill.case, locale__language_code="fr")
    take_down_case(staff, drill.case)
    response = client.post(
        address("petitions:sign", "ana-drovik"),
        typed_signature(email="nowhere", page=gone.pk),
        headers=FROM_HERE,
    )
    assert response.status_code == 422
    assert found(words_of(response)) == []


def test_pages_are_unpublished_and_staff_still_see_them(drill, staff):
    take_down_case(staff, drill.case)
    page = CasePage.objects.get(case=drill.case, locale__language_code="fr")
    assert not page.live
    edit = staff.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert edit.status_code == 200
    assert "Noor Hadesh" in edit.text
    assert "Noor Hadesh" in staff.get(reverse("cases:inspect", args=[drill.case.pk])).text


def test_a_page_that_an_editor_publishes_meanwhile_does_not_stay(drill, staff, client):
    take_down_case(staff, drill.case)
    page = CasePage.objects.get(case=drill.case, locale__language_code="nl")
    with TestCase.captureOnCommitCallbacks(execute=True):
        page.get_latest_revision().publish()
    page.refresh_from_db()
    assert not page.live
    assert drill.leaks() == {}


def test_without_consent_for_the_image_the_picture_goes_and_the_name_stays(drill, staff, client):
    before = drill.named_in("Hadesh")
    withdraw(staff, drill.case, Scope.IMAGE)
    assert drill.shown_pictures() == set()
    assert drill.readable_pictures() == set()
    assert drill.named_in("Hadesh").keys() == before.keys()
    assert len(drill.readable_documents()) == 2
    for path in drill.pages["case page"]:
        text = client.get(path).text
        [initial] = ServedPage(text).all("div", **{"class": "portrait portrait--initial"})
        assert initial.words.strip() == "N"
        assert "Noor Hadesh" in text


def test_without_consent_for_the_surname_it_is_gone_everywhere(drill, staff, client):
    withdraw(staff, drill.case, Scope.SURNAME)
    former = drill.pages
    drill.pages = {
        **former,
        **addresses_of(Case.objects.get(pk=drill.case.pk)),
        "good news page": [
            page.url
            for page in apps.get_model("home", "GoodNewsPage").objects.filter(case=drill.case)
        ],
    }
    assert drill.leaks("Hadesh") == {}
    for kind in (
        "case page",
        "updates",
        "urgent action page",
        "signing",
        "thanks",
        "list of cases",
    ):
        for path in drill.pages[kind]:
            assert found(path, "Hadesh") == []
            response = client.get(path)
            assert response.status_code == 200, path
            assert found(words_of(response), "Noor"), path
    # Pictures stay, and at addresses that still work.
    shown = {
        picture
        for path in drill.pages["case page"]
        for picture in pictures_in(client.get(path).text)
    }
    assert shown
    assert all(served(client, path) for path in shown)


def test_without_consent_for_the_surname_nothing_leads_from_the_old_addresses(drill, staff, client):
    former = [
        path
        for kind in ("case page", "urgent action page", "signing", "short address")
        for path in drill.pages[kind]
        if found(path, "Hadesh")
    ]
    assert former
    withdraw(staff, drill.case, Scope.SURNAME)
    assert {path: client.get(path).status_code for path in former} == dict.fromkeys(former, 404)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_consent_for_the_surname_people_sign_at_the_new_address(
    drill, staff, client, mailoutbox, language
):
    path = mailed_link(client, mailoutbox, drill.case)
    withdraw(staff, drill.case, Scope.SURNAME)
    page = CasePage.objects.get(case=drill.case, locale__language_code=language)
    served_page = ServedPage(client.get(page.url).text)
    [form] = served_page.all("form", data_form="sign")
    response = client.post(
        form.attributes["action"], typed_signature(email="new@example.org"), headers=FROM_HERE
    )
    assert response.status_code == 303
    assert found(response.url, "Hadesh") == []
    thanks = client.get(response.url)
    assert thanks.status_code == 200
    assert found(words_of(thanks), "Hadesh") == []
    [mail] = deliver_mail(mailoutbox)
    assert "Noor" in mail.subject + mail.body
    assert found(mail.subject + mail.body + html_of(mail), "Hadesh") == []
    # A link that was mailed before still confirms.
    confirmed = press_button(client, open_link(client, path))
    assert confirmed.status_code == 303
    assert found(confirmed.url, "Hadesh") == []
    assert Signature.objects.get(supporter__email="mailed@example.org").confirmed_at


def test_a_case_that_is_shown_again_comes_back_page_by_page(drill, staff, client):
    take_down_case(staff, drill.case)
    press(staff, "cases:transition", drill.case.pk, "show")
    page = CasePage.objects.get(case=drill.case, locale__language_code="fr")
    assert client.get(page.url).status_code == 404  # Until an editor has looked at it.
    for model in (CasePage, UrgentActionPage):
        wanted = {"case": drill.case} if model is CasePage else {"urgent_action__case": drill.case}
        for page in model.objects.filter(**wanted):
            page.get_latest_revision().publish()
    for path in drill.pages["case page"]:
        text = client.get(path).text
        assert "Noor Hadesh" in text
        assert pictures_in(text)
        assert all(served(client, picture) for picture in pictures_in(text)), path
        # It rests until somebody makes it active: nothing opens by itself.
        assert ServedPage(text).all("form", data_form="sign") == []
    document = CustomDocument.objects.get(case=drill.case)
    assert document.may_be_shown()
    response = client.get(document.url)
    assert b"".join(response) == PDF
    press(staff, "cases:transition", drill.case.pk, "activate")
    assert ServedPage(client.get(drill.pages["case page"][0]).text).all("form", data_form="sign")


def test_a_take_down_that_was_interrupted_is_finished_by_beat(drill, staff):
    """The transaction was committed, and then the machine went out before files were moved."""
    with TestCase.captureOnCommitCallbacks(execute=False):
        staff.post(
            reverse("cases:transition", args=[drill.case.pk, "hide"]), {"reason": "In a hurry"}
        )
    assert drill.leaks() == {}
    assert drill.readable_pictures() == drill.pictures
    with TestCase.captureOnCommitCallbacks(execute=True):
        follow_cases()
    assert drill.readable_pictures() == set()
    assert drill.readable_documents() == []


def test_files_are_moved_once(drill, staff):
    take_down_case(staff, drill.case)
    before = every_row()
    with TestCase.captureOnCommitCallbacks(execute=True):
        take_down.follow_all_cases(now=timezone.now())
        take_down.follow_case(case=drill.case, now=timezone.now())
    assert every_row() == before


def test_a_withdrawal_that_was_interrupted_is_finished_by_beat(drill, staff):
    consent = CaseConsent.objects.get(case=drill.case, scope=Scope.IMAGE)
    with TestCase.captureOnCommitCallbacks(execute=False):
        services.withdraw_consent(consent=consent, by=None, now=timezone.now())
    assert drill.readable_pictures() == drill.pictures
    with TestCase.captureOnCommitCallbacks(execute=True):
        follow_cases()
    assert drill.readable_pictures() == set()


@pytest.mark.parametrize("scope", [Scope.SURNAME, Scope.IMAGE, Scope.WEB])
def test_what_ends_on_its_last_day_goes_as_what_is_withdrawn(drill, client, scope, clock):
    """Nobody presses anything: the day comes, and beat follows."""
    today = timezone.localdate()
    CaseConsent.objects.filter(case=drill.case, scope=scope).update(ends_on=today)
    clock.move_to(timezone.now() + timezone.timedelta(days=1))
    with TestCase.captureOnCommitCallbacks(execute=True):
        follow_calendar()
        follow_cases()
    if scope == Scope.SURNAME:
        drill.pages = addresses_of(Case.objects.get(pk=drill.case.pk))
        assert drill.leaks("Hadesh") == {}
        for path in drill.pages["case page"]:
            assert found(path, "Hadesh") == []
            page = ServedPage(client.get(path).text)
            [form] = page.all("form", data_form="sign")
            assert client.get(form.attributes["action"]).status_code == 200
    else:
        assert drill.readable_pictures() == set()
        assert drill.shown_pictures() == set()
    if scope == Scope.WEB:
        assert drill.leaks() == {}


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        yield traveller


def test_a_picture_in_the_story_that_nobody_filed_goes_too(drill, staff, client):
    """Editors forget to say whose picture it is; it stands on the page of the case."""
    picture = make_image()
    picture.contextual_alt_text, picture.decorative = "Noor", False
    page = CasePage.objects.get(case=drill.case, locale__language_code="fr")
    page.body = [("picture", {"picture": picture, "caption": ""})]
    page.save_revision().publish()
    shown = pictures_in(client.get(page.url).text)
    own = {picture.file.url, *(rendition.url for rendition in picture.renditions.all())}
    assert shown & own
    take_down_case(staff, drill.case)
    assert {path for path in own if served(client, path)} == set()


def test_a_document_of_the_page_that_nobody_filed_goes_too(drill, staff, client):
    document = _document(None, "fiche.pdf")
    page = CasePage.objects.get(case=drill.case, locale__language_code="fr")
    page.downloads = [("download", {"document": document, "title": "Fiche", "use": "kit"})]
    page.save_revision().publish()
    assert document.url in client.get(page.url).text
    take_down_case(staff, drill.case)
    assert client.get(document.url).status_code == 404
    assert served(client, document.file.url) == b""


def test_a_picture_that_others_show_too_stays_with_them(drill, staff, client):
    shared = make_image()
    for reference in ("noor-hadesh", "ana-drovik"):
        page = CasePage.objects.get(case__reference=reference, locale__language_code="fr")
        page.portrait = shared
        page.save_revision().publish()
    other = CasePage.objects.get(case__reference="ana-drovik", locale__language_code="fr")
    take_down_case(staff, drill.case)
    shown = pictures_in(client.get(other.url).text)
    assert all(served(client, path) for path in shown)


@pytest.mark.parametrize("name", ["Noor_Hadesh.pdf", "NoorHadesh.pdf", "fiche-Hadesh.pdf"])
def test_a_file_named_after_the_person_is_not_spelt_by_those_who_link_to_it(
    drill, staff, client, name
):
    document = _document(drill.case, name)
    page = make_standard_page(
        slug="a-lire",
        body=[("paragraph", f'<p><a linktype="document" id="{document.pk}">A lire</a></p>')],
    )
    assert document.url in client.get(page.url).text
    take_down_case(staff, drill.case)
    assert found(words_of(client.get(page.url))) == []


@pytest.mark.parametrize("word", ["Noors Mutter", "Hadeshs Anwältin", "de Noor Hadesh-actie"])
def test_a_name_with_an_ending_is_a_name(drill, staff, client, word):
    """German says “Noors Mutter”, without an apostrophe."""
    page = make_standard_page(language="de", slug="mutter", introduction=f"Das ist {word}.")
    take_down_case(staff, drill.case)
    assert found(words_of(client.get(page.url))) == []


def test_an_address_with_accents_follows_the_surname_too(staff, client, drill):
    """Wagtail writes accents into slugs."""
    case = Case.objects.get(reference="teodora-vasquez")
    page = CasePage.objects.get(case=case, locale__language_code="fr")
    page.slug = "teodora-del-carmen-vásquez"
    page.save_revision().publish()
    withdraw(staff, case, Scope.SURNAME)
    page.refresh_from_db()
    assert "squez" not in unquote(page.url)


def test_two_pages_of_a_case_in_one_language_do_not_stop_a_withdrawal(drill, staff):
    page = CasePage.objects.get(case=drill.case, locale__language_code="fr")
    page.copy(update_attrs={"slug": "noor-hadesh-suite", "title": "Noor, suite"})
    withdraw(staff, drill.case, Scope.SURNAME)
    slugs = CasePage.objects.filter(case=drill.case).values_list("slug", flat=True)
    assert [slug for slug in slugs if "hadesh" in slug] == []


def test_removed_for_ever_leaves_no_name_in_any_text_of_the_case(drill, staff, client, mailoutbox):
    mailed_link(client, mailoutbox, drill.case)
    take_down_case(staff, drill.case)
    remover = Client()
    remover.force_login(User.objects.get(username="admin"))
    pages = {page.pk for page in take_down.selectors.pages_about(drill.case)}
    files = drill.pictures | set(drill.document_files)
    assert (
        remover.post(
            reverse("cases:transition", args=[drill.case.pk, "remove"]), {"reference": "wrong"}
        ).status_code
        == 200
    )
    assert CasePage.objects.filter(case=drill.case).exists()
    for page in take_down.selectors.pages_naming(drill.case):
        if page.pk not in pages:
            page.delete()  # Somebody has rewritten it.
    press(remover, "cases:transition", drill.case.pk, "remove", reference="noor-hadesh")
    assert {path for path in files if served(client, path)} == set()
    own = {
        "wagtailcore.Page",
        "wagtailcore.Revision",
        "home.CasePage",
        "home.CaseUpdatePage",
        "home.UrgentActionPage",
        "home.GoodNewsPage",
        "cases.Case",
        "cases.CaseSubject",
        "cases.SituationEvent",
        "cases.CaseConsent",
        "petitions.Petition",
        "media.CustomImage",
        "media.CustomRendition",
        "media.CustomDocument",
        "letters.UrgentAction",
        "letters.UrgentActionIssue",
        "letters.ModelLetter",
        "letters.Demand",
        "wagtailsearch.IndexEntry",
        "wagtailcore.ReferenceIndex",
        "wagtail_localize.String",
        "wagtail_localize.StringTranslation",
        "wagtail_localize.TranslationSource",
        "wagtailredirects.Redirect",
    }
    mentions = set(
        StandardPage.objects.filter(slug__startswith="proches").values_list("pk", flat=True)
    )
    left = {
        label: [row for row in rows if found(str(row))]
        for label, rows in every_row().items()
        if label in own
    }
    left = {
        label: [
            str(row)[:200]
            for row in rows
            if not {row.get("id"), row.get("page_ptr_id")} & mentions
            and str(row.get("object_id", "")) not in {str(pk) for pk in mentions}
        ]
        for label, rows in left.items()
    }
    assert {label: rows for label, rows in left.items() if rows} == {}
    assert pages


def test_removed_for_ever_does_not_bring_the_name_back_on_other_pages(drill, staff):
    """Nobody can conceal a name that nobody knows any more: what mentions it has to go first."""
    take_down_case(staff, drill.case)
    remover = Client()
    remover.force_login(User.objects.get(username="admin"))
    with TestCase.captureOnCommitCallbacks(execute=True):
        remover.post(
            reverse("cases:transition", args=[drill.case.pk, "remove"]),
            {"reference": "noor-hadesh"},
        )
    # The answer to whoever types the name may repeat it.
    without_name = [path for path in drill.all_pages() if not found(path)]
    assert {path: places for path in without_name if (places := found(drill.ask(path)))} == {}


def test_removing_needs_the_permission_to_delete(drill, staff):
    take_down_case(staff, drill.case)
    response = staff.post(
        reverse("cases:transition", args=[drill.case.pk, "remove"]), {"reference": "noor-hadesh"}
    )
    assert response.status_code in {302, 403}
    assert Case.objects.get(pk=drill.case.pk).state == Case.State.HIDDEN


@pytest.mark.parametrize("role", [setup.MODERATORS, setup.CAMPAIGNERS])
def test_those_who_may_take_a_case_down_need_nobody_else(drill, role):
    client = Client()
    client.force_login(make_staff(role))
    take_down_case(client, drill.case)
    assert drill.leaks() == {}
