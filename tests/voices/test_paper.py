from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from consultations.models import Comment
from consultations.voices import paper, translations
from consultations.voices.models import CommentTranslation
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from tests.accounts.people import person, staff_client
from tests.consultations.factories import call, comment

pytestmark = pytest.mark.django_db
WORDS = "开放五天太少。"


def body(response) -> str:
    return response.content.decode()


def given(consultation, **values) -> dict[str, str]:
    return {
        "call": consultation.slug,
        "received": (timezone.localdate() - timedelta(days=2)).isoformat(),
        "number": "信访 17/2",
        "article": "2",
        "stance": "oppose",
        "language": "zh-hans",
        "text": WORDS,
        "signature": "",
        "decision": "published",
    } | values


def test_an_officer_keys_in_one_after_the_other_and_call_and_date_stay():
    consultation = call()
    desk = staff_client(Role.OFFICER)
    response = desk.post("/desk/paper/", given(consultation))
    assert response.status_code == 302
    page = body(desk.get(response.url))
    assert f'<option value="{consultation.slug}" selected>' in page
    assert f'value="{given(consultation)["received"]}"' in page
    assert 'value="信访 17/2"' not in page
    assert WORDS not in page
    sent = Comment.objects.get()
    assert (sent.submission.channel, sent.clause.key, sent.stance) == ("paper", "art_2", "oppose")
    assert timezone.localdate(sent.created_at).isoformat() == given(consultation)["received"]
    assert sent.moderation_state == "published"


def test_the_same_number_is_taken_in_once():
    consultation = call()
    desk = staff_client(Role.OFFICER)
    desk.post("/desk/paper/", given(consultation))
    again = desk.post("/desk/paper/", given(consultation, text="另一段话。"))
    assert again.status_code == 409
    assert "另一段话。" in body(again)
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"call": "nowhere"},
        {"received": ""},
        {"received": "1926-13-40"},
        {"received": "1999-01-01"},
        {"number": ""},
        {"article": "99"},
        {"text": ""},
        {"stance": "maybe"},
        {"language": "fr"},
        {"decision": "rejected"},
    ],
)
def test_what_cannot_be_kept_is_explained_and_what_was_typed_stays(values):
    consultation = call()
    response = staff_client(Role.OFFICER).post("/desk/paper/", given(consultation, **values))
    assert response.status_code in (400, 403, 422)
    assert 'class="errors"' in body(response)
    assert values.get("number", "信访 17/2") in body(response)
    assert not Comment.objects.exists()


def test_a_letter_that_came_in_time_is_keyed_in_after_the_close():
    consultation = call(opens=timedelta(days=-9), closes=timedelta(days=-1))
    response = staff_client(Role.OFFICER).post("/desk/paper/", given(consultation))
    assert response.status_code == 302
    assert Comment.objects.exists()


def test_noon_counts_and_the_first_and_last_day_are_whole():
    def local(day: int, hour: int) -> datetime:
        return timezone.make_aware(datetime(2026, 11, day, hour))

    opens, closes, now = local(10, 15), local(20, 9), local(30, 9)
    assert paper.moment_of(date(2026, 11, 12), opens, closes, now) == local(12, 12)
    assert paper.moment_of(date(2026, 11, 12), opens, closes, local(12, 9)) == local(12, 9)
    assert paper.moment_of(date(2026, 11, 10), opens, closes, now) == opens
    assert paper.moment_of(date(2026, 11, 20), opens, closes, now) == closes - timedelta(microseconds=1)
    assert paper.moment_of(date(2026, 11, 21), opens, closes, now) > closes


def test_it_is_the_desk_s_alone():
    assert Client().get("/desk/paper/").status_code == 302
    assert staff_client(Role.EDITOR).get("/desk/paper/").status_code == 404


def test_a_translation_stands_beside_the_original_for_who_reads_another_language():
    sent, *_ = comment(call())
    editor = staff_client(Role.EDITOR)
    path = f"/en/c/{sent.consultation.slug}/comments/{sent.pk}/"
    assert f'href="{path}translate/"' in body(editor.get(path))
    editor.post(f"{path}translate/", {"language": "en", "text": "Five days are too few. Call 13812345678."})
    english = body(Client().get(path))
    assert "Five days are too few." in english
    assert "13812345678" not in english
    assert sent.text in english
    assert "translate/" not in english
    assert "Five days" not in body(Client().get(path.replace("/en/", "/zh/")))


def test_a_changed_comment_has_no_translation_until_somebody_looks():
    sent, *_ = comment(call())
    translations.translate(sent.pk, language="en", text="Too few.", now=timezone.now(), actor=SYSTEM)
    assert translations.beside([sent], "en")[sent.pk].text == "Too few."
    sent.text = "改了主意，现在这样就很好。"
    assert translations.beside([sent], "en") == {}


def test_an_emptied_translation_is_gone():
    sent, *_ = comment(call())
    for text in ("Too few.", ""):
        translations.translate(sent.pk, language="en", text=text, now=timezone.now(), actor=SYSTEM)
    assert translations.beside([sent], "en") == {}


def test_only_editors_translate_and_never_into_the_own_language():
    sent, *_ = comment(call())
    for actor in (ANYONE, person(Role.OFFICER), person(Role.CITIZEN)):
        with pytest.raises(Refused, match="not_allowed"):
            translations.translate(sent.pk, language="en", text="Too few.", now=timezone.now(), actor=actor)
    for language in ("zh-hans", "fr"):
        with pytest.raises(Refused, match="translation_language"):
            translations.translate(sent.pk, language=language, text="x", now=timezone.now(), actor=SYSTEM)
    assert not CommentTranslation.objects.exists()
