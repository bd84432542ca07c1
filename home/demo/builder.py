"""Builds the demonstration site. Running it again repairs what is missing and renews deadlines."""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.db import transaction
from wagtail.models import Locale, Page

from campaigns.cases.models import Case, Country
from campaigns.letters.models import UrgentAction
from campaigns.petitions.models import Edition, EmbedPartner, Petition
from campaigns.petitions.services import tally_signatures
from campaigns.supporters.models import Formula
from home import setup
from home.media.models import CustomImage
from home.models import HomePage, MarathonPage, OrganisationSettings
from home.users.models import User

from . import facts
from .campaigns import Words, build_campaigns, read_words
from .letters import build_letters
from .marathon import build_edition
from .messages import build_messages
from .policies import date_milestones
from .post import build_post
from .supporters import build_supporters

FOLDER = Path(__file__).parent
KEYS = uuid.UUID("6f0f2e5a-5a0c-4b43-9a55-0b57a41d1961")

STAFF = {
    "admin": (),
    "editor": (setup.EDITORS,),
    "moderator": (setup.MODERATORS,),
    "translator": (setup.TRANSLATORS,),
    "campaigner": (setup.CAMPAIGNERS, setup.EDITORS),
    "supporter-service": (setup.SUPPORTER_SERVICE,),
}
STAFF_PASSWORD = "write-until-free"  # noqa: S105  (printed at every start, on purpose)


@transaction.atomic
def build_demo(*, now: datetime) -> None:
    """Facts, words in four languages, pictures, staff. Existing pages are left as they are."""
    setup.set_up_site()
    _build_staff()
    build_campaigns(now=now)
    build_post(now=now)
    build_edition(now=now)
    _build_formulas()
    _build_partner()
    build_supporters(now=now)
    build_letters(now=now)
    build_messages(now=now)
    images = {path.stem: _image(path) for path in sorted((FOLDER / "images").glob("*.jpg"))}
    _build_pages(images)
    _build_organisation()
    tally_signatures(now=now)
    date_milestones()


def _build_staff() -> None:
    for name, groups in STAFF.items():
        user, created = User.objects.get_or_create(
            username=name,
            defaults={
                "email": f"{name}@example.org",
                "first_name": name.replace("-", " ").capitalize(),
                "last_name": "Demo",
                "is_superuser": name == "admin",
                "is_staff": name == "admin",
            },
        )
        if created:
            user.set_password(STAFF_PASSWORD)
            user.save()
        user.groups.add(*Group.objects.filter(name__in=groups))


def _build_formulas() -> None:
    words = read_words("formulas")
    for position, (code, fact) in enumerate(facts.FORMULAS.items()):
        asks = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in vars(fact).items()
        }
        formula, _created = Formula.objects.get_or_create(
            code=code,
            defaults={
                "title": {language: words[code][language]["title"] for language in words[code]},
                "description": {
                    language: words[code][language]["description"] for language in words[code]
                },
                "position": position,
                **asks,
            },
        )
        if not formula.content_kinds:
            # Built before formulas said what they bring.
            Formula.objects.filter(pk=formula.pk).update(**asks)


def _build_partner() -> None:
    """A site that may show petitions in a frame: one on the reader's own machine, to try it out."""
    EmbedPartner.objects.get_or_create(
        code="example",
        defaults={"name": "An example on your machine", "origin": "http://127.0.0.1:9000"},
    )


def _image(path: Path) -> CustomImage:
    title = path.stem.replace("-", " ").capitalize()
    image = CustomImage.objects.filter(title=title).first()
    if image is None:
        with path.open("rb") as file:
            image = CustomImage.objects.create(
                title=title,
                file=ImageFile(file, name=path.name),
                credit="Obstinate",
                licence="BSD-3-Clause",
            )
    return image


class _Pages:
    """The demo's pages by key and language, while they are being built."""

    def __init__(self) -> None:
        self.locales = {locale.language_code: locale for locale in Locale.objects.all()}
        self.words = {key: read_words(key) for key in facts.PAGES}
        self.found: dict[tuple[str, str], Page] = {}
        self.new: set[tuple[str, str]] = set()

    def make(self, key: str, language: str, images: Mapping[str, CustomImage]) -> None:
        """Find the page, or add it without its body, unpublished."""
        fact = facts.PAGES[key]
        model = apps.get_model("home", fact.model)
        locale = self.locales[language]
        translation_key = uuid.uuid5(KEYS, key)
        if model is HomePage:
            page = HomePage.objects.get(locale=locale)
            if page.headline:
                self.found[key, language] = page
                return
        else:
            existing = model.objects.filter(translation_key=translation_key, locale=locale).first()
            if existing:
                self.found[key, language] = existing
                return
            page = model(locale=locale, translation_key=translation_key, live=False)
        words = self.words[key][language]
        page.title = words["title"]
        page.introduction = words["introduction"].strip()
        page.search_description = words["search_description"]
        page.show_in_menus = fact.in_menu
        for field in (
            "need",
            "demand",
            "sign_button",
            "portrait_alt",
            "nuance",
            "headline",
            "outcome",
            "theme",
            "thanks",
            "mail_subject",
            "mail_preheader",
        ):
            if hasattr(page, field) and words.get(field):
                setattr(page, field, words[field].strip())
        if fact.model == "UrgentActionPage" and page.demand:
            # One petition, one demand: the case's words.
            page.demand = self.words[f"case_{key.removeprefix('ua_')}"][language]["demand"].strip()
        self._set_facts(page, key, fact, images)
        if model is HomePage:
            page.draft_title = page.title
            page.save()
        else:
            page.slug = words["slug"]
            self.found[fact.parent, language].add_child(instance=page)
        self.found[key, language] = page
        self.new.add((key, language))

    def _set_facts(
        self, page: Page, key: str, fact: facts.DemoPage, images: Mapping[str, CustomImage]
    ) -> None:
        picture = images.get(fact.picture)
        if fact.model == "CasePage":
            page.case = Case.objects.get(reference=fact.case)
            page.petition = Petition.objects.filter(reference=fact.case).first()
            page.portrait = picture
        elif fact.model == "UrgentActionPage":
            known = facts.URGENT_ACTIONS[key]
            page.urgent_action = UrgentAction.objects.get(number=known.number, year=known.year)
            page.petition = Petition.objects.filter(reference=fact.case).first()
            page.picture = picture
            page.picture_alt = (
                self.words[f"case_{key.removeprefix('ua_')}"][page.locale.language_code]
            ).get("portrait_alt", "")
        elif fact.model == "GoodNewsPage":
            page.case = Case.objects.get(reference=fact.case)
            page.happened_on = fact.happened_on
        elif fact.model == "CaseUpdatePage":
            page.happened_on = fact.happened_on
        elif fact.model == "NewsletterPage":
            page.issued_on = fact.happened_on
        elif fact.model == "CountryPage":
            page.country = Country.objects.get(code=fact.country)
        elif fact.model == "MarathonPage":
            page.edition = Edition.objects.latest("year")
        elif hasattr(page, "picture"):
            page.picture = picture

    def fill(self, key: str, language: str) -> None:
        """Give a new page its body, now that every page it links to exists; publish it."""
        page = self.found[key, language]
        words = self.words[key][language]
        if hasattr(page, "body"):
            page.body = [self._block(block, language) for block in words.get("body", [])]
        if hasattr(page, "instructions"):
            page.instructions = [("step", step) for step in words["instructions"]]
        if isinstance(page, MarathonPage):
            page.cases = [("case", self._petition_of(case)) for case in words["cases"]]
        if isinstance(page, HomePage):
            page.featured = self.found[facts.FEATURED, settings.LANGUAGE_CODE].page_ptr
        page.save_revision().publish()

    def _block(self, block: Words, language: str) -> tuple[str, Any]:
        kind = block["block"]
        value: Any = {name: part for name, part in block.items() if name != "block"}
        if kind == "heading":
            value = block["value"]
        elif kind == "paragraph":
            value = re.sub(
                r'key="(\w+)"',
                lambda match: f'id="{self.found[match[1], language].pk}"',
                block["value"].strip(),
            )
        elif kind == "call_to_action":
            value["page"] = self.found[block["page"], language]
        elif kind == "cases":
            value["cases"] = [self.found[case, language] for case in block["cases"]]
        elif kind == "sign":
            value = self._petition_of(value)
        return kind, value

    def _petition_of(self, value: Words) -> Words:
        """A block's value with the petition itself in place of its reference."""
        return {**value, "petition": Petition.objects.get(reference=value["petition"])}


def _build_pages(images: Mapping[str, CustomImage]) -> None:
    pages = _Pages()
    languages = [code for code, _name in settings.LANGUAGES]
    for key in facts.PAGES:
        for language in languages:
            pages.make(key, language, images)
    for key in facts.PAGES:
        for language in languages:
            if (key, language) in pages.new:
                pages.fill(key, language)


def _build_organisation() -> None:
    organisation = OrganisationSettings.load()
    if organisation.number:
        return
    main = Locale.objects.get(language_code=settings.LANGUAGE_CODE)

    def page(key: str) -> Page:
        return Page.objects.get(translation_key=uuid.uuid5(KEYS, key), locale=main)

    organisation.number = "BE 0000.000.000"
    organisation.address = "Rue de la Lettre – Briefstraat 1, 1000 Bruxelles – Brussel"
    organisation.email = "contact@example.org"
    organisation.publisher = "Obstinate"
    organisation.about_page = page("about")
    organisation.privacy_page = page("privacy")
    organisation.credits_page = page("credits")
    organisation.save()
