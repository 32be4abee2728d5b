"""Addresses around comments, below a language."""

from django.urls import path

from consultations.voices import frames, views

urlpatterns = [
    path("c/<slug:slug>/comments/<int:comment_id>/agree/", views.agree, name="comment_agree"),
    path("c/<slug:slug>/comments/<int:comment_id>/report/", views.report, name="comment_report"),
    path("c/<slug:slug>/comments/<int:comment_id>/translate/", views.translate, name="comment_translate"),
    path("c/<slug:slug>/comments/<int:comment_id>/files/<int:file_id>/", views.comment_file, name="comment_file"),
    path("c/<slug:slug>/mine/files/<slug:item>/", views.item_files, name="item_files"),
    path("embed/<slug:slug>/", frames.embed, name="embed"),
]
