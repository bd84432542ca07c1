"""Every address of the site."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path, re_path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from campaigns.petitions.views import embeds
from campaigns.petitions.views.counts import count
from campaigns.petitions.views.marathon import count as marathon_count
from campaigns.web import cacheable
from home import views
from home.feeds import GoodNewsFeed, UrgentActionFeed
from home.oembed import oembed
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
    path("petitions/<slug:reference>/count/", count, name="petition_count"),
    path("marathon/<int:year>/count/", marathon_count, name="marathon_count"),
    # On the pages of others, where nobody changes addresses: the language is in the query.
    path("embed/petitions.js", embeds.script, name="petition_embed_script"),
    path("embed/petitions/<slug:reference>/", embeds.embed, name="petition_embed"),
    path("embed/petitions/<slug:reference>/thanks/", embeds.thanks, name="petition_embed_thanks"),
    path("oembed/", oembed, name="oembed"),
]

if settings.EMAIL_BACKEND == settings.LOCAL_INBOX_BACKEND:
    urlpatterns.append(path("outbox/", include("campaigns.outbox.urls")))

if settings.SERVE_MEDIA:
    urlpatterns.append(
        re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT})
    )

urlpatterns += i18n_patterns(
    path("", include("campaigns.supporters.urls")),
    path("m/", include("campaigns.mailings.urls")),
    path("", include("campaigns.petitions.urls")),
    path("", include("campaigns.letters.urls")),
    path("feeds/urgent-actions/", cacheable()(UrgentActionFeed()), name="feed_urgent_actions"),
    path("feeds/good-news/", cacheable()(GoodNewsFeed()), name="feed_good_news"),
    path("", include(wagtail_urls)),
)

# Last, and never what only lacks its slash: `/fr`, `/admin`.
RESERVED = "|".join(["admin", "documents", "outbox", *(code for code, _name in settings.LANGUAGES)])
urlpatterns += [
    re_path(rf"^(?!(?:{RESERVED})$)(?P<code>[-\w]+)$", short_address, name="short_address")
]
