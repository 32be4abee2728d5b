"""Forms of the sign-in pages."""

from typing import Any

from allauth.account.fields import PasswordField
from allauth.account.forms import LoginForm
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """An address is enough: without a password the next page asks for the code we mail.

    A session always lasts as long as the settings say; there is no "remember me" to think about.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        self.fields["password"] = PasswordField(
            label=_("Password, if you set one"),
            help_text=_("Leave it empty and we will send a code to your address."),
            autocomplete="current-password",
            required=False,
        )
        self.fields.pop("remember", None)

    def clean(self) -> dict[str, Any]:
        """Check the credentials; allauth's password login reads `remember` from here."""
        cleaned = super().clean()
        cleaned["remember"] = True
        return cleaned


class CredentialField(forms.JSONField):
    """What a passkey answers.

    Python stops at numbers of more than 4,300 digits and at endless brackets with errors that Django does not expect.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Refuse what cannot be read like any other JSON that is none."""
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as fault:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from fault


class AddPasskeyForm(passkeys.AddWebAuthnForm):
    """A new passkey."""

    name = forms.CharField(label=_("Name of the passkey"), required=False)
    credential = CredentialField()


class AuthenticatePasskeyForm(passkeys.AuthenticateWebAuthnForm):
    """A passkey as the second step."""

    credential = CredentialField()


class SignInPasskeyForm(passkeys.LoginWebAuthnForm):
    """A passkey instead of a code."""

    credential = CredentialField()


class ReauthenticatePasskeyForm(passkeys.ReauthenticateWebAuthnForm):
    """A passkey before something that needs more trust."""

    credential = CredentialField()


class RenamePasskeyForm(passkeys.EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name of the passkey"))
