"""The desk's addresses of outcomes, below `/desk/outcomes/`; like the desk's they carry no language."""

from django.urls import path

from consultations.outcomes import desk_views as views

urlpatterns = [
    path("", views.home, name="outcome_desk"),
    path("<slug:slug>/", views.builder, name="outcome_builder"),
    path("<slug:slug>/open/", views.open_, name="outcome_open"),
    path("<slug:slug>/after/", views.after, name="outcome_after"),
    path("<slug:slug>/texts/<str:language>/", views.texts, name="outcome_texts"),
    path("<slug:slug>/clauses/<str:key>/", views.clause, name="outcome_clause"),
    path("<slug:slug>/themes/", views.themes, name="outcome_themes"),
    path("<slug:slug>/preview/<str:language>/", views.preview, name="outcome_preview"),
    path("<slug:slug>/files/<int:pk>/", views.export, name="outcome_export"),
]
