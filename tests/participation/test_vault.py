from base64 import urlsafe_b64encode

import pytest

from engage.errors import Refused
from engage.participation.models import Contact
from engage.participation.vault import blind_index, normalised_email, seal, unseal
from tests.participation.factories import NOW

FIRST, SECOND = (urlsafe_b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))


def test_what_is_sealed_reads_back():
    assert unseal(seal("王小明 <x@example.org>")) == "王小明 <x@example.org>"


def test_a_new_key_still_reads_what_the_old_one_wrote(settings):
    settings.CONTACT_KEYS = [FIRST]
    sealed = seal("secret")
    settings.CONTACT_KEYS = [SECOND, FIRST]
    assert unseal(sealed) == "secret"


def test_a_missing_key_is_named_and_nothing_is_guessed(settings):
    settings.CONTACT_KEYS = [FIRST]
    sealed = seal("secret")
    settings.CONTACT_KEYS = [SECOND]
    with pytest.raises(Refused) as refusal:
        unseal(sealed)
    assert refusal.value.code == "key_missing"


def test_equal_addresses_have_one_index_and_purposes_stay_apart():
    assert normalised_email(" Ａ@Example.org ") == "a@example.org"
    assert blind_index("email", "a@example.org") == blind_index("email", "a@example.org")
    assert blind_index("email", "a@example.org") != blind_index("phone", "a@example.org")


@pytest.mark.django_db
def test_the_database_holds_no_contact_in_clear():
    from django.db import connection

    contact = Contact.objects.create(name="某居民", email="resident@example.org", phone="", delete_after=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, email FROM participation_contact WHERE id = %s", [contact.pk])
        stored = "".join(cursor.fetchone())
    assert "resident" not in stored
    assert "某居民" not in stored
    assert Contact.objects.get(pk=contact.pk).email == "resident@example.org"


@pytest.mark.django_db
def test_filtering_on_a_sealed_column_is_an_error_instead_of_silence():
    with pytest.raises(TypeError):
        list(Contact.objects.filter(email="resident@example.org"))
