"""Forms of the sign-in pages."""

from typing import Any

from allauth.account.fields import PasswordField
from allauth.account.forms import LoginForm
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
