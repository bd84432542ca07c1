"""Every address of the site."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path, re_path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from campaigns.petitions import views as petition_views
from campaigns.web import cacheable
from home import views
from home.feeds import GoodNewsFeed, UrgentActionFeed
from home.short_addresses import short_address
from home.sitemap import PageSitemap

handler500 = "home.views.server_error"

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("anymail/", include("anymail.urls")),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", cacheable()(sitemap), {"sitemaps": {"pages": PageSitemap}}, name="sitemap"),
    # A number has no language.
    path("petitions/<slug:reference>/count/", petition_views.count, name="petition_count"),
]

if settings.EMAIL_BACKEND == settings.LOCAL_INBOX_BACKEND:
    urlpatterns.append(path("outbox/", include("campaigns.outbox.urls")))

if settings.SERVE_MEDIA:
    urlpatterns.append(
        re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT})
    )

urlpatterns += i18n_patterns(
    path("", include("campaigns.supporters.urls")),
    path("", include("campaigns.petitions.urls")),
    path("feeds/urgent-actions/", cacheable()(UrgentActionFeed()), name="feed_urgent_actions"),
    path("feeds/good-news/", cacheable()(GoodNewsFeed()), name="feed_good_news"),
    path("", include(wagtail_urls)),
)

# Last, and never what only lacks its slash: `/fr`, `/admin`.
RESERVED = "|".join(["admin", "documents", "outbox", *(code for code, _name in settings.LANGUAGES)])
urlpatterns += [
    re_path(rf"^(?!(?:{RESERVED})$)(?P<code>[-\w]+)$", short_address, name="short_address")
]
