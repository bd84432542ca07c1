"""Page types and settings."""

from .base import BasePage
from .case_pages import CaseIndexPage, CasePage, CaseUpdatePage, CountryPage
from .good_news_pages import GoodNewsIndexPage, GoodNewsPage
from .home_page import HomePage
from .mailable import Mailable
from .marathon_page import MarathonPage
from .newsletter_pages import NewsletterIndexPage, NewsletterPage
from .search_page import SearchPage
from .settings import OrganisationSettings
from .standard_page import StandardPage
from .urgent_action_pages import UrgentActionIndexPage, UrgentActionPage

__all__ = [
    "BasePage",
    "CaseIndexPage",
    "CasePage",
    "CaseUpdatePage",
    "CountryPage",
    "GoodNewsIndexPage",
    "GoodNewsPage",
    "HomePage",
    "Mailable",
    "MarathonPage",
    "NewsletterIndexPage",
    "NewsletterPage",
    "OrganisationSettings",
    "SearchPage",
    "StandardPage",
    "UrgentActionIndexPage",
    "UrgentActionPage",
]
