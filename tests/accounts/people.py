"""Makes people for tests and signs them in the way the site does."""

from itertools import count

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from engage.accounts.actions import grant_role
from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User

_number = count(1)


def person(*roles: Role, email: str = "", **fields) -> User:
    """A user with these roles, an address that is confirmed, and no second factor."""
    user = User.objects.create_user(email or f"person-{next(_number)}@example.org", **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for role in roles:
        grant_role(user, role, actor=SYSTEM)
    return user


def with_app(user: User) -> str:
    """Give the user an authenticator app; return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def sign_in(client: Client, user: User) -> Client:
    """Sign in with a second factor, as allauth leaves the session after both steps."""
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        with_app(user)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def staff_client(*roles: Role) -> Client:
    """A browser in which somebody of these roles is signed in."""
    return sign_in(Client(), person(*roles))


def browser(user: User, language: str = "en") -> Client:
    """A browser in which this person is signed in and reads in the language."""
    client = sign_in(Client(), user)
    client.cookies["django_language"] = language
    return client
