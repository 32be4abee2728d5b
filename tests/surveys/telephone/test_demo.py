"""The demo's telephone study: numbers of nobody, and a day of calls that the wall can tell of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from engage.accounts.actions import demo_user
from engage.accounts.actors import ANYONE, Role
from engage.departments.models import Department
from surveys import queries as questionnaires
from surveys.models import Response, SavedResponse
from surveys.telephone import actions, demo, queries
from surveys.telephone.models import CallAttempt, SampleNumber, TelephoneStudy

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_field_with_calls_of_the_day_before(settings):
    settings.DEMO = True
    Department.add_root(code="social-assistance", name_zh="社会救助处", name_en="Social Assistance Division")
    demo.load()
    demo.load()
    study = TelephoneStudy.objects.get()
    assert set(SampleNumber.objects.values_list("kind", flat=True)) == {"mobile"}
    assert all(number.number.startswith("+44770090") for number in SampleNumber.objects.all())
    assert list(CallAttempt.objects.order_by("ended_at").values_list("code", flat=True)) == list(demo.CODES)
    interviews = Response.objects.counted().filter(questionnaire=study.questionnaire)
    assert set(interviews.values_list("mode", flat=True)) == {Response.Mode.PHONE}
    assert interviews.count() == demo.CODES.count("1.1")
    wall = queries.wall(study, now=timezone.now())
    assert wall.sample == demo.NUMBERS and wall.rates["RR1"]
    assert [person.calls for person in wall.people] in ([len(demo.CODES)], [0], []), "calls of another day"


def test_it_is_asked_on_the_telephone_alone(settings, client):
    settings.DEMO = True
    Department.add_root(code="social-assistance", name_zh="社会救助处", name_en="Social Assistance Division")
    demo.load()
    assert "社会救助申请回访" not in client.get("/zh/surveys/").content.decode()
    assert "assistance-follow-up" not in client.get("/sitemap.xml").content.decode()
    for ask in (client.get, client.post):
        answer = ask("/zh/surveys/assistance-follow-up/")
        assert answer.status_code == 403
        assert "用别的方式" in answer.content.decode()
    assert not SavedResponse.objects.exists()


def test_an_interviewer_of_the_demo_gets_the_next_number(settings):
    settings.DEMO = True
    Department.add_root(code="social-assistance", name_zh="社会救助处", name_en="Social Assistance Division")
    demo.load()
    study, interviewer = TelephoneStudy.objects.get(), demo_user(Role.INTERVIEWER)
    tomorrow = timezone.localtime().replace(hour=14) + timedelta(days=1)
    offer = actions.claim(study.pk, actor=interviewer, now=tomorrow)
    assert offer is not None
    shown = questionnaires.published(study.questionnaire.key, language="en", actor=ANYONE, now=timezone.now())
    assert shown is not None
