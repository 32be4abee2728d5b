"""The desk's addresses of the press room, below `/desk/press/`; like the desk's they carry no language."""

from django.urls import path

from engage.outreach.press import desk_views as views

urlpatterns = [
    path("press/", views.home, name="press_desk"),
    path("press/media/", views.media, name="press_media"),
    path("press/media/<int:pk>/remove/", views.media_remove, name="press_media_remove"),
    path("press/digests/", views.digests, name="press_digests"),
    path("press/digests/<int:pk>/", views.digest, name="press_digest"),
    path("press/digests/<int:pk>/submit/", views.digest_submit, name="press_digest_submit"),
    path("press/sections/", views.sections, name="press_sections"),
    path("press/<int:pk>/", views.editor, name="press_editor"),
    path("press/<int:pk>/files/", views.add_file, name="press_add_file"),
    path("press/<int:pk>/files/<int:key>/", views.change_file, name="press_change_file"),
    path("press/<int:pk>/files/<int:key>/see/", views.see_file, name="press_see_file"),
    path("press/<int:pk>/preview/<str:language>/", views.preview, name="press_preview"),
    path("press/<int:pk>/submit/", views.submit, name="press_submit"),
    path("press/<int:pk>/delete/", views.delete, name="press_delete"),
    path("press/<int:pk>/take-down/", views.take_down, name="press_take_down"),
]
