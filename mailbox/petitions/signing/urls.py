"""Addresses of signing, below /petitions/."""

from django.urls import path

from mailbox.petitions.signing import views

urlpatterns = [
    path("<int:pk>/sign/", views.sign, name="petition_sign"),
    path("signatures/<str:reference>/", views.signature, name="petition_signature"),
    path("signatures/<int:pk>/<str:key>/", views.confirm, name="petition_confirm"),
    path("signatures/<int:pk>/<str:key>/done/", views.confirmed, name="petition_confirmed"),
    path("signatures/<int:pk>/<str:key>/mine/", views.mine, name="petition_mine"),
    path("signatures/<int:pk>/<str:key>/stop/", views.news_stop, name="petition_news_stop"),
]
