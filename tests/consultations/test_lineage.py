"""Clauses keep their identity from version to version, and what became of each article is kept."""

import pytest

from consultations import actions, lineage
from consultations.drafts import parse_text
from consultations.drafts.labels import CHINESE
from consultations.models import Clause, Draft
from engage.accounts.actors import SYSTEM
from tests.consultations import factories

pytestmark = pytest.mark.django_db

READ = "为了方便居民读书，制定本办法。"
OPEN = "社区图书馆每周开放不少于五天。"
SHOWN = "开放时间应当在门口公示，并在网站上公布。"
LEND = "居民凭读者证借书，每次不超过五册。"
RETURN = "借书期限为三十日，可以续借一次。"
CHILDREN = "图书馆应当为儿童设立单独的阅览区域。"


def text(*articles):
    """Return a draft of articles, each a list of paragraphs or one, under one chapter."""
    lines = ["图书馆办法", "第一章　总则"]
    for number, paragraphs in enumerate(articles, 1):
        first, *others = [paragraphs] if isinstance(paragraphs, str) else paragraphs
        lines += [f"第{'零一二三四五六七八九'[number]}条　{first}", *others]
    return parse_text("\n".join(lines), language=CHINESE)


def stored(*articles, draft=None):
    return actions.store_draft(text(*articles), draft=draft, actor=SYSTEM)


def ids(version):
    return dict(version.clauses.values_list("key", "stable_id"))


def rows(version):
    return {
        (row.old.key if row.old else "", row.new.key if row.new else ""): row.relation
        for row in version.lineage.select_related("old", "new")
    }


def test_the_first_version_has_no_lineage():
    assert rows(stored(READ, OPEN)) == {}


def test_an_inserted_article_takes_nobodys_identity(django_assert_max_num_queries):
    first = stored(READ, OPEN, LEND)
    with django_assert_max_num_queries(25):
        second = stored(READ, CHILDREN, OPEN, LEND, draft=first.draft)
    before, after = ids(first), ids(second)
    assert after["art_3"] == before["art_2"] and after["art_4"] == before["art_3"]
    assert after["art_3__para_1"] == before["art_2__para_1"]
    assert after["chp_1"] == before["chp_1"]
    assert after["art_2"] not in before.values()
    assert rows(second) == {
        ("art_1", "art_1"): "same",
        ("", "art_2"): "new",
        ("art_2", "art_3"): "renumbered",
        ("art_3", "art_4"): "renumbered",
    }


def test_a_split_and_a_merge_are_kept_as_several_rows():
    first = stored([OPEN, SHOWN], LEND, RETURN, READ)
    second = stored(OPEN, SHOWN, [LEND, RETURN], READ, draft=first.draft)
    assert rows(second) == {
        ("art_1", "art_1"): "split",
        ("art_1", "art_2"): "split",
        ("art_2", "art_3"): "merged",
        ("art_3", "art_3"): "merged",
        ("art_4", "art_4"): "same",
    }
    assert all(row.doubt > 0 and row.reasons for row in second.lineage.exclude(relation="same"))
    heirs = [key for key, stable in ids(second).items() if stable == ids(first)["art_1"]]
    assert heirs in (["art_1"], ["art_2"])


def test_no_two_clauses_of_a_version_share_an_identity():
    first = stored([OPEN, SHOWN], LEND, LEND, READ)
    second = stored([OPEN, SHOWN, LEND], LEND, [READ, OPEN], draft=first.draft)
    assert len(set(ids(second).values())) == second.clauses.count()


def test_a_correction_is_aligned_again():
    first = stored(READ, OPEN)
    second = stored(OPEN, draft=first.draft)
    actions.replace_text(second.pk, text(READ, CHILDREN, OPEN), actor=SYSTEM)
    assert rows(second) == {
        ("art_1", "art_1"): "same",
        ("", "art_2"): "new",
        ("art_2", "art_3"): "renumbered",
    }
    assert ids(second)["art_3"] == ids(first)["art_2"]


def test_a_version_is_aligned_with_the_published_one_not_with_an_attempt_between():
    first = stored(READ, OPEN)
    actions.publish_version(first.pk, now=first.created_at, actor=SYSTEM)
    stored(CHILDREN, draft=first.draft)
    third = stored(OPEN, READ, draft=first.draft)
    assert lineage.base_of(third) == first
    assert set(rows(third)) == {("art_1", "art_2"), ("art_2", "art_1")}


def test_a_version_published_between_is_taken_up_when_the_next_is_published():
    first = stored(READ, OPEN)
    actions.publish_version(first.pk, now=first.created_at, actor=SYSTEM)
    second = stored(CHILDREN, READ, OPEN, draft=first.draft)
    third = stored(READ, CHILDREN, draft=first.draft)
    assert ("", "art_2") in rows(third)
    actions.publish_version(second.pk, now=second.created_at, actor=SYSTEM)
    actions.publish_version(third.pk, now=third.created_at, actor=SYSTEM)
    assert {(old, new) for old, new in rows(third)} == {("art_1", "art_2"), ("art_2", "art_1"), ("art_3", "")}
    assert ids(third)["art_2"] == ids(second)["art_1"]


def test_clauses_are_followed_over_several_versions():
    first = stored(READ, [OPEN, SHOWN], LEND)
    second = stored(READ, OPEN, SHOWN, LEND, draft=first.draft)
    third = stored(CHILDREN, READ, OPEN, SHOWN, draft=first.draft)
    opened = first.clauses.get(key="art_2")
    assert {clause.key for clause in lineage.successors(opened, second)} == {"art_2", "art_3"}
    found = lineage.successors(opened, third)
    assert {clause.key for clause in found} == {"art_3", "art_4"}
    assert found[0].stable_id == opened.stable_id
    assert lineage.successors(first.clauses.get(key="art_3"), third) == []
    whole = lineage.alignment_of(first, third, CHINESE)
    assert {(old.name, new.name) for link in whole.links for old, new in link.pairs} == {
        ("1", "2"), ("2", "3"), ("2", "4"),
    }  # fmt: skip


def test_versions_of_two_drafts_have_no_lineage():
    first, other = stored(READ), stored(READ)
    assert lineage.alignment_of(first, other, CHINESE) is None


def test_a_version_in_another_language_keeps_identities_by_key():
    first = stored(READ, OPEN)
    english = parse_text(factories.ENGLISH, language="en")
    second = actions.store_draft(english, draft=first.draft, actor=SYSTEM)
    assert ids(second)["art_1"] == ids(first)["art_1"]
    assert rows(second) == {}
    assert lineage.alignment_of(first, second, CHINESE) is None


def test_a_stored_version_is_read_back_as_it_was_parsed():
    parsed = text(READ, [OPEN, SHOWN])
    version = actions.store_draft(parsed, actor=SYSTEM)
    back = lineage.parsed_of(version, CHINESE)
    assert [(c.id, c.level, c.number, c.parent, c.text) for c in back.clauses] == [
        (c.id, c.level, c.number, c.parent, c.text) for c in parsed.clauses
    ]
    assert back.counts == parsed.counts


def test_deleting_a_draft_deletes_its_lineage():
    first = stored(READ, OPEN)
    stored(OPEN, READ, draft=first.draft)
    Draft.objects.all().delete()
    assert not Clause.objects.exists()
