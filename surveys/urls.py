"""Public addresses of questionnaires, below the language."""

from django.urls import include, path

urlpatterns = [path("", include("surveys.answering.urls")), path("", include("surveys.results.urls"))]
