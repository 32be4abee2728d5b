"""Addresses of the public journal."""

from django.urls import path

from engage.journal import views

urlpatterns = [
    path("", views.checkpoints, name="journal_checkpoints"),
    path("checkpoints.json", views.checkpoints_json, name="journal_checkpoints_json"),
    path("verify_receipt.py", views.verifier, name="journal_verifier"),
    path("<int:number>/", views.checkpoint, name="journal_checkpoint"),
    path("<int:number>.json", views.checkpoint_json, name="journal_checkpoint_json"),
]
