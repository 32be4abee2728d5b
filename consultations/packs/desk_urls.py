"""The desk's addresses of packs, below `/desk/packs/`; like the desk's they carry no language."""

from django.urls import path

from consultations.packs import desk_views as views

urlpatterns = [
    path("", views.home, name="pack_desk"),
    path("begin/", views.begin, name="pack_begin"),
    path("<int:pk>/", views.builder, name="pack_builder"),
    path("<int:pk>/add/", views.add, name="pack_add"),
    path("<int:pk>/invite/", views.invite, name="pack_invite"),
    path("<int:pk>/preview/<str:language>/", views.preview, name="pack_preview"),
    path("<int:pk>/<int:block>/", views.block, name="pack_block"),
    path("<int:pk>/<int:block>/move/", views.move, name="pack_move"),
    path("<int:pk>/<int:block>/remove/", views.remove, name="pack_remove"),
    path("<int:pk>/<int:block>/expert/", views.expert, name="pack_expert"),
]
