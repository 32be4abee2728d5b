"""Addresses of receipts and tracking."""

from django.urls import path

from engage.participation import views

urlpatterns = [
    path("track/", views.track, name="track"),
    path("track/lost-code/", views.lost_code, name="lost_code"),
    path("track/new-code/<str:signed>/", views.new_code, name="new_code"),
    path("track/<str:reference>/", views.submission, name="submission"),
    path("track/<str:reference>/withdraw/", views.withdraw, name="submission_withdraw"),
    path("track/<str:reference>/forget/", views.forget, name="submission_forget"),
    path("track/<str:reference>/proof.json", views.receipt_proof, name="receipt_proof"),
    path("track/<str:reference>/files/<int:attachment_id>/", views.attachment, name="attachment"),
    path("receipt/<str:reference>/", views.receipt, name="receipt"),
    path("receipt/<str:reference>/receipt.pdf", views.receipt_file, name="receipt_pdf"),
]
