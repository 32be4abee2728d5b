"""The desk's addresses of what is published, below `/desk/cases/`; like the desk's they carry no language."""

from django.urls import path

from mailbox.publication import desk_views as views

urlpatterns = [
    path("<int:pk>/publish/", views.prepare, name="desk_case_publish"),
    path("<int:pk>/publish/keep/", views.keep, name="desk_case_publish_keep"),
    path("<int:pk>/publish/begin/", views.begin, name="desk_case_publish_begin"),
    path("<int:pk>/publish/files/", views.files, name="desk_case_publish_files"),
    path("<int:pk>/publish/files/<int:file>/", views.file, name="desk_case_publish_file"),
    path("<int:pk>/publish/preview/<str:language>/", views.preview, name="desk_case_publish_preview"),
]
