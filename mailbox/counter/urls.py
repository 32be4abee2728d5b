"""Addresses of the counter, below `/desk/counter/`; like the desk's they carry no language."""

from django.urls import path

from mailbox.counter import views

urlpatterns = [
    path("", views.home, name="counter"),
    path("slip/", views.slip, name="counter_slip"),
    path("slip/slip.pdf", views.slip_file, name="counter_slip_pdf"),
    path("new/<slug:part>/", views.key_in, name="counter_kind"),
]
