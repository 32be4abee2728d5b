"""Addresses. Public pages carry their language (`/zh/...`, `/en/...`); feeds, the desk and the Studio do not."""

from django.conf import settings
from django.conf.urls.static import static
from django.urls import URLResolver, include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as studio_urls

from engage.addresses import room
from engage.middleware import LanguagePrefix

handler400 = "engage.pages.views.bad_request"
handler403 = "engage.pages.views.forbidden"
handler404 = "engage.pages.views.not_found"
handler429 = "engage.accounts.views.too_many_requests"
handler500 = "engage.pages.views.server_error"

localised = [
    path("accounts/", include("engage.accounts.urls")),
    path("search/", include("engage.search.urls")),
    path("journal/", include("engage.journal.urls")),
    room("engage.participation.urls"),
    room("engage.publishing.preflight.urls"),
    room("consultations.urls"),
    room("surveys.urls"),
    room("mailbox.letterbox.urls"),
    room("mailbox.publication.urls"),
    room("mailbox.performance.urls"),
    room("mailbox.petitions.urls"),
    room("engage.outreach.urls"),
    room("engage.training.urls"),
    room("engage.pages.urls"),
    path("", include(wagtail_urls)),
]

urlpatterns = [
    # First: most requests are for these, and no other address begins with a language.
    URLResolver(LanguagePrefix(), localised),
    path("studio/", include(studio_urls)),
    path("desk/coding/", include("consultations.coding.urls")),
    path("desk/outcomes/", include("consultations.outcomes.desk_urls")),
    path("desk/packs/", include("consultations.packs.desk_urls")),
    path("desk/results/", include("surveys.results.desk_urls")),
    path("desk/paper-answers/", include("surveys.paper.urls")),
    path("desk/studies/", include("surveys.studies.urls")),
    path("desk/cases/", include("mailbox.desk.urls")),
    path("desk/post/", include("mailbox.post.urls")),
    path("desk/cases/", include("mailbox.publication.desk_urls")),
    path("desk/cases/", include("mailbox.desk.bundle_urls")),
    path("desk/counter/", include("mailbox.counter.urls")),
    path("desk/library/", include("mailbox.library.urls")),
    path("desk/telephone/", include("surveys.telephone.urls")),
    path("desk/workload/", include("mailbox.desk.workload_urls")),
    path("desk/performance/", include("mailbox.performance.desk_urls")),
    path("desk/", include("mailbox.petitions.desk_urls")),
    path("desk/", include("consultations.voices.desk_urls")),
    path("desk/", include("mailbox.routing.urls")),
    path("desk/", include("engage.publishing.desk_urls")),
    path("desk/", include("engage.publishing.redaction.desk_urls")),
    path("desk/", include("engage.publishing.preflight.desk_urls")),
    path("desk/", include("engage.outreach.desk_urls")),
    path("desk/", include("engage.training.desk_urls")),
    path("desk/", include("engage.desk.urls")),
    path("api/", include("engage.api.urls")),
    room("engage.outreach.root_urls"),
    room("engage.pages.root_urls"),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
