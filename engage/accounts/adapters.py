"""Where allauth asks for Engage's rules."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import works_here
from engage.accounts.models import User
from engage.participation.vault import seal, unseal


def keep_language(response: HttpResponse) -> HttpResponse:
    """Write the active language into the cookie that Django reads where the address names none."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        get_language() or settings.LANGUAGE_CODE,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail; who signs up is a citizen, whatever the form said (see receivers.py)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "cannot_remove_primary_email": _("This is the address you sign in with; it cannot be removed."),
        "duplicate_email": _("This address already belongs to your account."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "email_taken": _("This address cannot be used."),
        "enter_current_password": _("Enter your present password."),
        "incorrect_code": _("The code is not right. Check the newest e-mail from us."),
        "incorrect_password": _("The password is not right."),
        "invalid_or_expired_key": _("This link no longer works. Ask for a new one."),
        "invalid_login": _("Enter the e-mail address of your account."),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
        "max_email_addresses": _("An account can have at most %d addresses."),
        "rate_limited": _("That was too often in a short time. Wait a minute, then try again."),
        "same_as_current": _("This is the same as before. Choose another one."),
        "select_only_one": _("Choose only one."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "unknown_email": _("No account uses this address."),
        "unverified_primary_email": _("Confirm this address before you sign in with it."),
    }

    def format_email_subject(self, subject: str) -> str:
        """Leave the subject as written: it names Engage where that helps."""
        return str(subject)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a code or a notice at once; while the mail server takes none it waits in the outbox."""
        # The rooms import each other's actions: this one reads accounts when it is loaded.
        from engage.participation.actions import send_letter

        request = allauth.request
        site = {"request": request, "email": email, "current_site": get_current_site(request)}
        send_letter(self.render_mail(template_prefix, email, site | context), now=timezone.now())

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Keep the language of the sign-in page: desk and Studio have none in their addresses."""
        return keep_language(super().post_login(request, user, **kwargs))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead who works here to the desk or the Studio, and everybody else to the account page."""
        from django.urls import reverse

        from engage.desk.registry import works_at_desk

        if works_here(request.user):
            if works_at_desk(request.user):
                return reverse("desk_home")
            if request.user.has_perm("wagtailadmin.access_admin"):
                return reverse("wagtailadmin_home")
        return reverse("account_home")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps and passkeys; secrets are sealed like contact data."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": _("Remove your second step before you add another address."),
        "cannot_delete_authenticator": _("You cannot remove this second step."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
        "incorrect_code": _("The code is not right. Use the one your app shows now."),
        "unverified_email": _("Confirm your e-mail address first."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret with the newest contact key."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Unseal a secret; Refused("key_missing") when its key was taken out of the settings."""
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Name the site as the authenticator app will list it."""
        return gettext("Engage")
