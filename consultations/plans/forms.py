"""What the public types about the plan."""

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from engage.participation.forms import clean_text


class FollowForm(forms.Form):
    """The address that wants to hear of a policy or a call."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Kept encrypted, never shown, used for these letters alone and forgotten when you stop them"),
        error_messages={
            "required": _("Write the e-mail like name@example.org"),
            "max_length": _("An e-mail address has at most 254 characters"),
        },
    )

    def clean_email(self) -> str:
        """Check the form of an address; the message says what one looks like."""
        email = clean_text(self.cleaned_data["email"])
        try:
            validate_email(email)
        except forms.ValidationError:
            raise forms.ValidationError(_("Write the e-mail like name@example.org")) from None
        return email
