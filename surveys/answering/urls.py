"""Addresses of answering, below the language."""

from django.urls import path

from surveys.answering import looking, pictures, views

urlpatterns = [
    path("surveys/", views.surveys, name="surveys"),
    path("surveys/pictures/<str:name>", pictures.picture, name="survey_picture"),
    path("surveys/continue/", views.resume, name="survey_resume"),
    path("surveys/<slug:key>/", views.survey, name="survey"),
    path("surveys/<slug:key>/kiosk/", views.survey, {"kiosk": True}, name="survey_kiosk"),
    path("surveys/<slug:key>/embed/", views.embed, name="survey_embed"),
    path("surveys/<slug:key>/invited/<str:secret>/", views.survey, name="survey_invited"),
    path("surveys/<slug:key>/answer/", views.resume, name="survey_resume_here"),
    path("surveys/<slug:key>/answer/<str:code>/<int:number>/", views.page, name="survey_page"),
    path("surveys/<slug:key>/answer/<str:code>/<int:number>/look/", looking.look, name="survey_look"),
    path("surveys/<slug:key>/answer/<str:code>/aside/", views.aside, name="survey_aside"),
    path("surveys/<slug:key>/answer/<str:code>/check/", views.check, name="survey_check"),
    path("surveys/<slug:key>/answer/<str:code>/sent/", views.sent, name="survey_sent"),
]
