"""Addresses of the release gate on the desk."""

from django.urls import path

from engage.publishing import desk_views as views

urlpatterns = [
    path("release/", views.home, name="release_desk"),
    path("release/audit/", views.audit, name="release_audit"),
    path("release/audit.<str:name>", views.audit_file, name="release_audit_file"),
    path("release/hand-in/<slug:kind>/<int:object_id>/", views.hand_in, name="release_hand_in"),
    path("release/<int:pk>/", views.release, name="release"),
    path("release/<int:pk>/decide/", views.decide, name="release_decide"),
    path("release/<int:pk>/delegate/", views.delegate, name="release_delegate"),
    path("release/<int:pk>/take-back/", views.take_back, name="release_take_back"),
    path("release/<int:pk>/forms/<int:form_id>/", views.form, name="release_form"),
]
