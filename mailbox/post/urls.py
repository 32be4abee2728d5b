"""Addresses of mail below `/desk/post/`."""

from django.urls import path

from mailbox.post import views

urlpatterns = [
    path("", views.home, name="desk_post"),
    path("<int:pk>/", views.mail, name="desk_post_mail"),
    path("<int:pk>/mail.eml", views.raw, name="desk_post_raw"),
    path("<int:pk>/do/", views.do, name="desk_post_do"),
    path("cases/<int:pk>/trust/", views.trust, name="desk_post_trust"),
]
