"""Addresses of this room, below `/zh/accounts/` and `/en/accounts/`."""

from allauth.account.views import LoginView
from django.urls import include, path

from engage.accounts import views
from engage.accounts.forms import SignInForm

urlpatterns = [
    path("", views.account_home, name="account_home"),
    path("demo/", views.demo_sign_in, name="demo_sign_in"),
    # Before allauth's own address of the same name, for the form where a password is optional.
    path("login/", LoginView.as_view(form_class=SignInForm), name="account_login"),
    path("", include("allauth.urls")),
]
