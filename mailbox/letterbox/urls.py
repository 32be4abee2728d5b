"""Addresses of the mailbox that the public opens."""

from django.urls import path

from mailbox.letterbox import case_views, views

urlpatterns = [
    path("write/", views.door, name="write"),
    path("write/which/", views.which, name="write_which"),
    path("write/which/<int:number>/", views.which, name="write_which_next"),
    path("write/answers/", views.answers, name="write_answers"),
    path("write/mine/files/", views.letter_files, name="write_files"),
    path("write/mine/check/", views.check, name="write_check"),
    path("write/mine/answered/", views.answered, name="write_answered"),
    path("write/mine/discard/", views.discard, name="write_discard"),
    path("write/<slug:part>/", views.write, name="write_kind"),
    path("track/<str:reference>/add/", case_views.add, name="case_add"),
    path("track/<str:reference>/rate/", case_views.rate, name="case_rate"),
    path("track/<str:reference>/review/", case_views.review, name="case_review"),
    path("track/<str:reference>/clocks/<int:clock_id>/", case_views.clock, name="case_clock"),
    path("track/<str:reference>/notices/<int:notice_id>/", case_views.notice, name="case_notice"),
    path("track/<str:reference>/notices/<int:notice_id>/notice.pdf", case_views.notice_pdf, name="case_notice_pdf"),
]
