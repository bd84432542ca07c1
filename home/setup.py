"""What a fresh database needs before anybody can work: languages, home pages, roles.

Idempotent: the site record follows BASE_URL, the roles get at least these permissions, and
nothing else that staff have changed is touched.
"""

from collections.abc import Mapping

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone
from wagtail.models import GroupPagePermission, Locale, Page, Site

from campaigns.mailings.models import SendingSite
from campaigns.mailings.sending_site import send_from_here

from .models import HomePage, OrganisationSettings

EDITORS = "Editors"
MODERATORS = "Moderators"
TRANSLATORS = "Translators"
CAMPAIGNERS = "Campaigners"
SUPPORTER_SERVICE = "Supporter service"

ADMIN_ACCESS = "wagtailadmin.access_admin"

# Pages: what each role may do from the root on. Wagtail brings editors and moderators.
PAGE_PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    TRANSLATORS: ("change_page",),
}

MODEL_PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    EDITORS: (ADMIN_ACCESS,),
    # They read what others wrote, and take a case down when somebody is in danger.
    MODERATORS: (
        ADMIN_ACCESS,
        "home.change_organisationsettings",
        "cases.view_case",
        "cases.hide_case",
        "cases.view_office",
        "letters.view_urgentaction",
        "letters.change_urgentactionissue",
        "letters.view_urgentactionissue",
        "petitions.view_edition",
        "petitions.moderate_message",
        *("mailings.view_mailing", "mailings.approve_mailing", "mailings.send_mailing"),
        "mailings.view_audience",
    ),
    TRANSLATORS: (ADMIN_ACCESS, "wagtail_localize.submit_translation"),
    CAMPAIGNERS: (
        ADMIN_ACCESS,
        "cases.add_case",
        "cases.change_case",
        "cases.view_case",
        "cases.hide_case",
        "cases.add_country",
        "cases.change_country",
        "cases.view_country",
        "cases.add_theme",
        "cases.change_theme",
        "cases.view_theme",
        "cases.change_situationevent",
        "cases.view_situationevent",
        "cases.view_caseconsent",
        "cases.add_office",
        "cases.change_office",
        "cases.view_office",
        "cases.add_diplomaticmission",
        "cases.change_diplomaticmission",
        "cases.view_diplomaticmission",
        "letters.add_urgentaction",
        "letters.change_urgentaction",
        "letters.view_urgentaction",
        "letters.change_urgentactionissue",
        "letters.view_urgentactionissue",
        # What authorities answered is read by nobody else.
        *("letters.change_reply", "letters.view_reply"),
        *("letters.add_postagerate", "letters.change_postagerate", "letters.view_postagerate"),
        *("letters.add_postalsuspension", "letters.change_postalsuspension"),
        "letters.view_postalsuspension",
        "petitions.add_petition",
        "petitions.change_petition",
        "petitions.view_petition",
        "petitions.view_tally",
        "petitions.add_invalidation",
        "petitions.change_invalidation",
        "petitions.view_invalidation",
        "petitions.add_edition",
        "petitions.change_edition",
        "petitions.view_edition",
        "petitions.moderate_message",
        "petitions.add_embedpartner",
        "petitions.change_embedpartner",
        "petitions.view_embedpartner",
        "supporters.add_formula",
        "supporters.change_formula",
        "supporters.view_formula",
        # What they write, somebody else approves; then they say when it leaves.
        *("mailings.add_mailing", "mailings.change_mailing", "mailings.view_mailing"),
        "mailings.send_mailing",
        *("mailings.add_audience", "mailings.change_audience", "mailings.view_audience"),
        *("mailings.add_proofreader", "mailings.change_proofreader"),
        *("mailings.delete_proofreader", "mailings.view_proofreader"),
    ),
    # The only role that sees people.
    SUPPORTER_SERVICE: (
        ADMIN_ACCESS,
        "supporters.view_supporter",
        "supporters.change_supporter",
        "supporters.view_consent",
        "supporters.view_consentwording",
        "supporters.view_subscription",
        "petitions.view_petition",
        "petitions.view_signature",
        "petitions.export_signatures",
        "outbox.view_outgoingmessage",
        "outbox.view_deliveryevent",
        *("transfers.add_importjob", "transfers.view_importjob"),
        *("transfers.add_exportjob", "transfers.view_exportjob"),
        "outbox.view_suppression",
        *("mailings.view_mailing", "mailings.see_recipients"),
    ),
}


@transaction.atomic
def set_up_site() -> None:
    """Languages, one home page per language, the site record and the roles."""
    ensure_locales()
    ensure_home_pages()
    # Reading the footer for the first time must not be what creates its row.
    OrganisationSettings.load()
    ensure_roles()
    if not SendingSite.objects.exists():
        send_from_here(now=timezone.now())


def ensure_locales() -> None:
    """One Locale per language of the site; English, which Wagtail brings, stays if it is one."""
    for code, _name in settings.LANGUAGES:
        Locale.objects.get_or_create(language_code=code)


def ensure_home_pages() -> None:
    """An empty, published home page per language, in place of Wagtail's welcome page."""
    main = Locale.objects.get(language_code=settings.LANGUAGE_CODE)
    root = Page.get_first_root_node()
    home = HomePage.objects.filter(locale=main).first()
    if home is None:
        home = HomePage(title="Obstinate", slug=f"home-{main.language_code}", locale=main)
        root.add_child(instance=home)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    former = site.root_page_id and Page.objects.get(pk=site.root_page_id)
    site.hostname, site.port = _host_and_port()
    site.site_name = home.title
    site.root_page = home
    site.save()
    if former and former.pk != home.pk and former.specific_class._meta.app_label != "home":
        former.delete()
    for code, _name in settings.LANGUAGES:
        locale = Locale.objects.get(language_code=code)
        if not HomePage.objects.filter(locale=locale).exists():
            translation = home.copy_for_translation(locale)
            translation.slug = f"home-{code}"
            translation.save_revision().publish()


def ensure_roles() -> None:
    """The groups that staff belong to, with at least these permissions."""
    root = Page.get_first_root_node()
    for name, permissions in MODEL_PERMISSIONS.items():
        group, _created = Group.objects.get_or_create(name=name)
        for permission in permissions:
            app_label, codename = permission.split(".")
            group.permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
        for codename in PAGE_PERMISSIONS.get(name, ()):
            GroupPagePermission.objects.get_or_create(
                group=group,
                page=root,
                permission=Permission.objects.get(
                    content_type__app_label="wagtailcore", codename=codename
                ),
            )


def _host_and_port() -> tuple[str, int]:
    """The site record's host, from BASE_URL."""
    scheme, _separator, rest = settings.BASE_URL.partition("://")
    host, _colon, port = rest.partition(":")
    return host, int(port) if port else (443 if scheme == "https" else 80)
