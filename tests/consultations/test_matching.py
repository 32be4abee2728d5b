"""The match screen: doubtful links first, a correction is kept, and nobody but editors gets there."""

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations import actions, lineage
from consultations.models import ClauseLineage
from engage.accounts.actors import ANYONE, SYSTEM
from engage.errors import Refused
from tests.consultations.test_lineage import CHILDREN, LEND, OPEN, READ, RETURN, SHOWN, ids, rows, stored
from tests.consultations.test_studio import editor  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


def match(version, new_key="", old_keys=()):
    actions.match_article(version.pk, new_key=new_key, old_keys=old_keys, now=timezone.now(), actor=SYSTEM)


@pytest.fixture
def version():
    """A second version: article 1 split in two, one article reworded, one removed, one new."""
    first = stored([OPEN, SHOWN], LEND, READ, RETURN)
    return stored(OPEN, SHOWN, LEND.replace("五册", "八册"), READ, CHILDREN, draft=first.draft)


def page(client, version, **query):
    return client.get(reverse("draft_match", args=[version.pk]), query)


def send(client, version, **given):
    return client.post(reverse("draft_match", args=[version.pk]), given)


def test_links_that_need_an_eye_stand_first_with_their_reasons(editor, version):  # noqa: F811
    answer = page(editor, version)
    html = answer.content.decode()
    assert answer.context["waiting"] == 1
    assert html.index("第一条拆分为第一条、第二条") < html.index("第三条改为第四条")
    assert "请逐句核对各句去了哪里" in html


def test_an_article_can_be_opened_and_given_another_source(editor, version):  # noqa: F811
    assert 'name="article" value="art_5"' in page(editor, version, article="art_5").content.decode()
    assert send(editor, version, article="art_5", sources="4").status_code == 302
    assert rows(version)["art_4", "art_5"] == "reworded"
    assert ("", "art_5") not in rows(version) and ("art_4", "") not in rows(version)
    row = ClauseLineage.objects.get(version=version, new__key="art_5")
    assert row.checked_at is not None and row.checked_by is not None
    first = lineage.aligned_with(version)
    assert ids(version)["art_5"] == ids(first)["art_4"]
    assert len(set(ids(version).values())) == version.clauses.count()


def test_several_sources_are_written_as_people_write_lists(editor, version):  # noqa: F811
    send(editor, version, article="art_3", sources="2、4, 4")
    assert rows(version)["art_2", "art_3"] == rows(version)["art_4", "art_3"] == "merged"


def test_an_article_without_sources_is_new_and_its_old_one_removed(editor, version):  # noqa: F811
    send(editor, version, article="art_3", sources="")
    assert rows(version)["", "art_3"] == "new" and rows(version)["art_2", ""] == "removed"
    assert ids(version)["art_3"] not in ids(lineage.aligned_with(version)).values()


def test_what_was_checked_stays_checked_when_another_link_changes(version):
    match(version, "art_1", ["art_1"])
    match(version, "art_2", ["art_1"])
    match(version, "art_5", ["art_4"])
    checked = set(version.lineage.filter(checked_at__isnull=False).values_list("old__key", "new__key"))
    assert checked == {("art_1", "art_1"), ("art_1", "art_2"), ("art_4", "art_5")}


def test_a_confirmed_split_waits_no_longer(editor, version):  # noqa: F811
    for article in ("art_1", "art_2"):
        send(editor, version, article=article, sources="1")
    assert page(editor, version).context["waiting"] == 0
    assert rows(version)["art_1", "art_2"] == "split"


def test_a_removal_is_confirmed(editor, version):  # noqa: F811
    assert send(editor, version, removed="art_4").status_code == 302
    assert version.lineage.get(old__key="art_4").checked_at is not None


def test_a_number_that_is_not_there_is_said_at_its_field(editor, version):  # noqa: F811
    answer = send(editor, version, article="art_3", sources="2, 99")
    html = answer.content.decode()
    assert answer.status_code == 422 and "没有第99条" in html.replace(" ", "") and 'value="2, 99"' in html
    assert rows(version)["art_2", "art_3"] == "reworded"


@pytest.mark.parametrize("given", [{"article": "art_99", "sources": "1"}, {"removed": "art_1"}, {}])
def test_a_made_up_article_changes_nothing(editor, version, given):  # noqa: F811
    before = rows(version)
    assert send(editor, version, **given).status_code == 422
    assert rows(version) == before


def test_the_first_version_has_nothing_to_match(editor):  # noqa: F811
    first = stored(READ, OPEN)
    assert page(editor, first).status_code == 200
    with pytest.raises(Refused) as refusal:
        match(first, "art_1", ["art_1"])
    assert refusal.value.code == "nothing_before"


def test_nobody_but_editors_matches(client, version):
    assert page(client, version).status_code == 302
    with pytest.raises(Refused) as refusal:
        actions.match_article(version.pk, new_key="art_1", now=timezone.now(), actor=ANYONE)
    assert refusal.value.code == "not_allowed"
