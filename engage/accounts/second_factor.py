"""Whether this session has shown a second factor: compulsory for every role that sees what is not public.

allauth asks for the factor at sign-in as soon as the account has one and writes down that it was shown; a factor set
up in this very session counts too. In demo mode the demo sign-in counts, so that a visitor can look at the desk.
"""

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from engage.accounts.models import User

# Recovery codes only replace one of these.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
_SESSION_KEY = "second_factor"


def record(request: HttpRequest, user: User, how: str) -> None:
    """Note in the session that a factor was set up ("set_up") or that the demo stands in for one ("demo")."""
    request.session[_SESSION_KEY] = {"user": user.pk, "how": how}


def was_shown(request: HttpRequest) -> bool:
    """Tell whether the signed-in person has shown a factor in this session; asks the session only."""
    noted = request.session.get(_SESSION_KEY, {})
    if noted.get("user") == request.user.pk and (noted["how"] != "demo" or settings.DEMO):
        return True
    return any(entry["method"] == "mfa" for entry in get_authentication_records(request, request.user))


def is_demo(request: HttpRequest) -> bool:
    """Tell whether this session was opened on the demo's sign-in page."""
    noted = request.session.get(_SESSION_KEY, {})
    return settings.DEMO and noted.get("user") == request.user.pk and noted["how"] == "demo"


def has_factor(user: User) -> bool:
    """Tell whether the account has an authenticator app or a passkey."""
    return is_mfa_enabled(user, FACTORS)


def is_complete(request: HttpRequest) -> bool:
    """Tell whether a staff page may be shown: the factor was shown here and still belongs to the account."""
    return was_shown(request) and (is_demo(request) or has_factor(request.user))
