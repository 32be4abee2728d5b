"""The coding desk over HTTP, without JavaScript: who gets in, what each step does, what a refusal keeps."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from consultations.coding import actions, queries, suggestions
from consultations.coding.models import BlindSample, BulkOrder, Coding, Decision, Point, Theme
from consultations.coding.rules import Stretch
from engage.accounts.actors import SYSTEM, Role
from engage.participation.actions import moderate
from tests.accounts.people import browser, person
from tests.accounts.strict import inline_code
from tests.coding.factories import TEXT, analyst, desk_call, officer, said, stranger, theme

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


def body(response) -> str:
    return response.content.decode()


@pytest.fixture
def world():
    consultation, comments, actor = desk_call(4)
    return consultation, comments, actor, browser(actor), f"/desk/coding/{consultation.slug}/"


# --- who gets in ---------------------------------------------------------------------------------------------------


def test_the_list_shows_only_what_one_may_code(world):
    consultation, _comments, _actor, client, desk = world
    assert desk in body(client.get("/desk/coding/"))
    assert "of your own department" in body(browser(stranger()).get("/desk/coding/"))
    assert desk in body(browser(analyst()).get("/desk/coding/"))
    assert browser(stranger()).get(desk).status_code == 404
    assert browser(person(Role.EDITOR)).get(desk).status_code == 404
    assert Client().get(desk).status_code == 302
    assert queries.figures(consultation).total == 4


def test_an_analyst_sorts_but_is_offered_no_decision(world):
    consultation, (comment, *_rest), actor, client, desk = world
    made = theme(consultation, "次数", actor)
    actions.apply_theme(comment.pk, made.pk, actor=actor)
    address = f"{desk}decisions/theme/{made.pk}/"
    assert address in body(client.get(f"{desk}?comment={comment.pk}"))
    other = browser(analyst())
    assert address not in body(other.get(f"{desk}?comment={comment.pk}"))
    assert other.post(address, {"disposition": "adopted", "current": ""}).status_code == 403
    assert not Decision.objects.exists()


def test_the_desk_lists_the_page_also_for_who_has_no_queue():
    client = browser(analyst())
    assert client.get("/desk/").url == "/desk/coding/"
    assert 'href="/desk/coding/" aria-current="page"' in body(client.get("/desk/coding/"))
    assert "Done with it, next comment" in body(client.get("/desk/keys/"))


# --- the screen ----------------------------------------------------------------------------------------------------


def test_the_screen_shows_the_next_comment_its_sentences_and_the_themes(world):
    consultation, (comment, *_rest), actor, client, desk = world
    theme(consultation, "次数", actor)
    response = client.get(desk)
    page = body(response)
    assert inline_code(page) == []
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert comment.submission.reference in page and "第二条 开放时间" in page
    assert 'value="0-7"' in page and "开放五天太少。" in page
    assert re.search(r'value="apply:\d+" data-page-key="1"', page)
    assert page.count("<h1") == 1 and "Coded 0 of 4, 0%" in page


def test_the_screen_takes_the_same_number_of_queries_however_much_there_is(world, django_assert_max_num_queries):
    consultation, (comment, *_rest), actor, client, desk = world
    for number in range(12):
        made = theme(consultation, f"主题{number}", actor)
        actions.apply_theme(comment.pk, made.pk, actor=actor)
        actions.decide("theme", made.pk, actions.DecisionInput("adopted"), current=None, actor=actor)
    actions.mark_points(comment.pk, [Stretch(0, 7), Stretch(7, 16)], actor=actor)
    for number in range(20):
        said(consultation, f"周末也应当开放，第{number}次说。")
    client.get(desk)
    with django_assert_max_num_queries(26):
        assert client.get(f"{desk}?comment={comment.pk}").status_code == 200


def test_the_stream_passes_over_rejected_and_finished_comments_and_follows_filters(world):
    consultation, (one, two, three, four), actor, client, desk = world
    moderate(one, "rejected", reason="off_topic", actor=SYSTEM)
    actions.finish_comment(two.pk, nothing=True, actor=actor)
    four.stance = "oppose"
    four.save()

    def shown(**parameters):
        return re.search(r'name="comment" value="(\d+)"', body(client.get(desk, parameters)))[1]

    cache.clear()
    assert shown() == str(three.pk)
    assert shown(after=three.pk) == str(four.pk)
    assert shown(after=four.pk) == str(three.pk)  # from the start again
    assert shown(stance="oppose") == str(four.pk)
    assert shown(q="（3）") == str(four.pk)
    assert shown(state="done") == str(two.pk)
    assert shown(clause="art_2", language="zh-hans") == str(three.pk)
    assert "Nothing here matches" in body(client.get(desk, {"clause": "art_3"}))
    assert "Nothing here matches" in body(client.get(desk, {"clause": "whole"}))
    assert "Nothing here matches" in body(client.get(desk, {"state": "mine"}))
    assert client.get(desk, {"comment": 999_999}).status_code == 404


# --- steps ---------------------------------------------------------------------------------------------------------


def send(client, desk, comment, do, **fields):
    return client.post(f"{desk}act/", {"comment": comment.pk, "edited": "", "do": do} | fields)


def test_ticked_sentences_become_a_point_with_a_theme(world):
    consultation, (comment, *_rest), actor, client, desk = world
    made = theme(consultation, "次数", actor)
    sentences = ["0-7", "7-16"]
    answer = send(client, desk, comment, f"apply:{made.pk}", sentence=sentences, back="stance=change")
    assert answer.url == f"{desk}?stance=change&comment={comment.pk}"
    point = Point.objects.get()
    assert (point.start, point.end, point.quote) == (0, 16, TEXT[:16])
    page = body(client.get(answer.url))
    assert f"<mark>{TEXT[:16]}<sup>1</sup></mark>" in page


def test_selected_words_win_over_a_chosen_point(world):
    consultation, (comment, *_rest), actor, client, desk = world
    made = theme(consultation, "次数", actor)
    (point,) = actions.mark_points(comment.pk, [Stretch(0, 7)], actor=actor)
    send(client, desk, comment, f"apply:{made.pk}", point=point.pk, selection="7-16")
    assert Coding.objects.get().point.quote == TEXT[7:16]
    send(client, desk, comment, f"apply:{made.pk}", point=point.pk)
    assert Coding.objects.filter(point=point).exists()


def test_a_new_theme_is_made_and_given_at_once_also_by_enter_in_its_field(world):
    consultation, (comment, *_rest), _actor, client, desk = world
    send(client, desk, comment, "theme", name="次数")
    send(client, desk, comment, "", name="周末", parent=Theme.objects.get().pk)
    assert {(row.theme.name, row.point.start) for row in Coding.objects.all()} == {("次数", None), ("周末", None)}
    assert Theme.objects.get(name="周末").parent.name == "次数"
    assert send(client, desk, comment, "", name="").status_code == 302
    assert Theme.objects.count() == 2


def test_done_leads_to_the_next_comment_and_undo_back(world):
    consultation, (one, two, *_rest), actor, client, desk = world
    send(client, desk, one, f"apply:{theme(consultation, '次数', actor).pk}")
    answer = send(client, desk, one, "finish")
    assert answer.url == f"{desk}?after={one.pk}"
    assert f'name="comment" value="{two.pk}"' in body(client.get(answer.url))
    back = send(client, desk, two, "undo")
    assert back.url == f"{desk}?comment={one.pk}"
    one.refresh_from_db()
    assert one.coded_at is None
    assert "Taken back: a comment was finished" in body(client.get(back.url))


def test_every_other_step_works(world):
    consultation, (comment, *_rest), actor, client, desk = world
    made = theme(consultation, "次数", actor)
    send(client, desk, comment, "mark", sentence="0-7")
    point = Point.objects.get()
    send(client, desk, comment, f"apply:{made.pk}", point=point.pk)
    send(client, desk, comment, f"remove:{Coding.objects.get().pk}")
    send(client, desk, comment, f"unmark:{point.pk}")
    assert not Point.objects.filter(removed_at=None).exists()
    send(client, desk, comment, "nothing")
    comment.refresh_from_db()
    assert comment.coded_at
    send(client, desk, comment, "reopen")
    comment.refresh_from_db()
    assert comment.coded_at is None
    assert send(client, desk, comment, "dance").status_code == 404


def test_a_refusal_keeps_what_was_chosen_and_typed(world):
    consultation, (comment, *_rest), actor, client, desk = world
    theme(consultation, "次数", actor)
    (point,) = actions.mark_points(comment.pk, [Stretch(7, 16)], actor=actor)
    refused = send(client, desk, comment, "theme", name="次数", sentence="0-7", point=point.pk)
    page = body(refused)
    assert refused.status_code == 409
    assert "There is a theme “次数” in this place already" in page
    assert (
        'value="次数"' in page
        and 'value="0-7" checked' in page
        and f'value="{point.pk}" id="t-{point.pk}" checked' in page
    )
    crossing = send(client, desk, comment, "mark", selection="5-12")
    assert crossing.status_code == 422 and 'name="selection" value="5-12"' in body(crossing)
    assert "<title>Error:" in body(crossing)


def test_a_theme_that_was_merged_meanwhile_is_refused_and_nothing_is_lost(world):
    consultation, (comment, *_rest), actor, client, desk = world
    old, new = theme(consultation, "太少", actor), theme(consultation, "次数", actor)
    actions.merge_theme(old.pk, new.pk, revision=0, actor=officer())
    refused = send(client, desk, comment, f"apply:{old.pk}", sentence="0-7")
    assert refused.status_code == 409
    assert "“太少” was merged into “次数” meanwhile" in body(refused)
    assert 'value="0-7" checked' in body(refused) and not Coding.objects.exists()


def test_a_suggestion_is_shown_with_its_reason_and_given_only_when_accepted(world):
    consultation, (comment, *_rest), actor, client, desk = world
    made = theme(consultation, "次数", actor)

    def propose(comment, themes):
        return [suggestions.Proposal(made.pk, "Similar to another one.", Stretch(0, 7))]

    suggestions.register(propose)
    try:
        page = body(client.get(f"{desk}?comment={comment.pk}"))
        assert "Similar to another one." in page and not Coding.objects.exists()
        send(client, desk, comment, f"accept:{made.pk}", **{f"stretch-{made.pk}": "0-7"})
    finally:
        suggestions.unregister(propose)
    coding = Coding.objects.get()
    assert (coding.source, coding.point.quote, coding.coder) == ("suggestion", TEXT[:7], actor)


# --- the other pages -----------------------------------------------------------------------------------------------


def test_themes_are_made_changed_merged_and_split_on_their_pages(world):
    consultation, (one, two, *_rest), actor, client, desk = world
    client.post(f"{desk}themes/", {"name": "次数", "description": "每周几次", "parent": ""})
    made = Theme.objects.get()
    here = f"{desk}themes/{made.pk}/"
    for comment in (one, two):
        actions.apply_theme(comment.pk, made.pk, actor=actor)
    client.post(here, {"do": "edit", "name": "频次", "description": "", "revision": 0})
    split = client.post(
        here, {"do": "split", "new_name": "周末", "point": Point.objects.get(comment=one).pk, "revision": 1}
    )
    other = Theme.objects.get(name="周末")
    assert split.url == f"{desk}themes/{other.pk}/"
    client.post(here, {"do": "move", "parent": other.pk, "revision": 2})
    assert Theme.objects.get(name="频次").parent == other
    client.post(here, {"do": "move", "parent": "", "revision": 3})
    merged = client.post(here, {"do": "merge", "into": other.pk, "revision": 4})
    assert merged.url == f"{desk}themes/{other.pk}/"
    page = body(client.get(merged.url))
    assert "2 points" in page and "频次: merged into another" in page
    assert "Merged into “周末”" in body(client.get(here))
    assert client.post(here, {"do": "burn"}).status_code == 404


def test_an_outdated_theme_page_is_refused_with_what_was_typed(world):
    consultation, _comments, actor, client, desk = world
    made = theme(consultation, "次数", actor)
    actions.edit_theme(made.pk, name="频次", description="", revision=0, actor=officer())
    refused = client.post(
        f"{desk}themes/{made.pk}/", {"do": "edit", "name": "我的名称", "description": "我的说明", "revision": 0}
    )
    page = body(refused)
    assert refused.status_code == 409
    assert "Somebody changed the theme “频次” meanwhile" in page
    assert "我的名称" in page and "我的说明" in page and 'name="revision" value="1"' in page


def test_a_decision_is_made_replaced_and_ended_on_its_page(world):
    consultation, (comment, *_rest), actor, client, desk = world
    made = theme(consultation, "次数", actor)
    actions.apply_theme(comment.pk, made.pk, actor=actor)
    here = f"{desk}decisions/theme/{made.pk}/"
    assert TEXT in body(client.get(here)) and "(1 point)" in body(client.get(here))
    refused = client.post(here, {"disposition": "not_adopted", "reason_zh": "钱不够", "current": ""})
    assert refused.status_code == 422 and "Choose the kind of reason" in body(refused) and "钱不够" in body(refused)
    given = {"disposition": "in_part", "reason_code": "cost", "reason_zh": "钱不够", "reason_en": "Too dear"}
    assert client.post(here, given | {"current": "", "comment": comment.pk}).url == f"{desk}?comment={comment.pk}"
    first = Decision.objects.get()
    outdated = client.post(here, given | {"current": "", "reason_en": "Another"})
    assert outdated.status_code == 409
    assert "Somebody decided meanwhile: “adopted in part”" in body(outdated) and "Another" in body(outdated)
    assert f'name="current" value="{first.pk}"' in body(outdated)
    assert "Too dear" in body(client.get(f"{desk}decisions/"))
    client.post(here, {"do": "withdraw"})
    assert not Decision.objects.filter(replaced_at=None).exists()
    assert client.get(f"{desk}decisions/page/{made.pk}/").status_code == 404


def test_points_without_an_answer_are_listed(world):
    consultation, (one, two, *_rest), actor, client, desk = world
    made = theme(consultation, "次数", actor)
    (first,) = actions.apply_theme(one.pk, made.pk, actor=actor)
    actions.apply_theme(two.pk, made.pk, actor=actor)
    actions.decide("point", first.point_id, actions.DecisionInput("adopted"), current=None, actor=actor)
    open_points = body(client.get(f"{desk}decisions/?view=open"))
    assert two.submission.reference in open_points and one.submission.reference not in open_points
    own = body(client.get(f"{desk}decisions/?view=own"))
    assert one.submission.reference in own and two.submission.reference not in own


def test_many_comments_get_a_theme_and_lose_it_again(world):
    consultation, _comments, actor, client, desk = world
    copies = [said(consultation, "请保留周末开放，我们全家都需要。") for _ in range(3)]
    made = theme(consultation, "周末", actor)
    page = body(client.get(f"{desk}bulk/"))
    assert "3 comments" in page and "Choose first which comments are meant" in page
    assert "<h2" in page and "Theme for all of them" not in page
    assert "3 comments" in body(client.get(f"{desk}bulk/?same={copies[0].pk}"))
    refused = client.post(f"{desk}bulk/", {"same": copies[0].pk, "finish": "on", "theme": ""})
    assert refused.status_code == 422 and not BulkOrder.objects.exists()
    answer = client.post(f"{desk}bulk/", {"same": copies[0].pk, "finish": "on", "theme": made.pk})
    order = BulkOrder.objects.get()
    assert answer.url == f"{desk}bulk/{order.pk}/" and (order.done, order.total) == (3, 3)
    assert "3 of 3 comments" in body(client.get(answer.url))
    client.post(answer.url, {"do": "take_back"})
    assert not Coding.objects.filter(removed_at=None).exists()


def test_everything_at_once_is_not_ordered_by_an_empty_choice(world):
    consultation, _comments, actor, client, desk = world
    made = theme(consultation, "周末", actor)
    answer = client.post(f"{desk}bulk/", {"theme": made.pk, "finish": "on"})
    assert answer.status_code == 422 and not BulkOrder.objects.exists()


def test_a_second_coder_codes_blindly_and_the_table_shows_kappa(world):
    consultation, comments, actor, client, desk = world
    made = theme(consultation, "次数", actor)
    for comment in comments:
        actions.apply_theme(comment.pk, made.pk, actor=actor)
        actions.finish_comment(comment.pk, actor=actor)
    second = analyst()
    client.post(f"{desk}agreement/", {"coder": second.pk, "size": 4, "seed": "a"})
    sample = BlindSample.objects.get()
    other = browser(second)
    here = f"{desk}agreement/{sample.pk}/"
    assert here in body(other.get(f"{desk}agreement/"))
    assert client.get(here).status_code == 404
    for place in range(4):
        page = body(other.get(here))
        item = re.search(r'name="item" value="(\d+)"', page)[1]
        assert "no theme yet" not in page and "✕" not in page
        other.post(here, {"item": item, "theme": [made.pk] if place else []})
    assert "The sample is done" in body(other.get(here))
    table = body(other.get(f"{desk}agreement/"))
    assert "75%" in table and "0.00" in table and "rework the theme" in table
    again = client.post(f"{desk}agreement/", {"coder": second.pk, "size": "many"})
    assert again.status_code == 422 and "many" in body(again)


def test_the_codebook_is_a_file(world):
    consultation, _comments, actor, client, desk = world
    theme(consultation, "次数", actor)
    answer = client.get(f"{desk}codebook.csv")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="codebook-{consultation.slug}.csv"'
    assert answer.content.decode("utf-8-sig").splitlines()[1] == "1,次数,次数,,0,"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_in_the_readers_language(world, language):
    consultation, (comment, *_rest), actor, client, desk = world
    made = theme(consultation, "主题 theme", actor)
    actions.apply_theme(comment.pk, made.pk, actor=actor)
    client.cookies["django_language"] = language
    for path in (
        "",
        "themes/",
        f"themes/{made.pk}/",
        "decisions/",
        f"decisions/theme/{made.pk}/",
        "agreement/",
        "bulk/",
    ):
        page = body(client.get(desk + path))
        heading = re.search(r"<h1>(.*?)</h1>", page)[1]
        if path != f"themes/{made.pk}/":
            assert bool(re.search("[\u4e00-\u9fff]", heading)) == (language == "zh-hans"), heading


def test_the_last_comment_gone_the_figures_say_so_however_old_they_are(world):
    consultation, comments, actor, client, desk = world
    assert queries.figures(consultation).left == 4
    for comment in comments:
        actions.finish_comment(comment.pk, nothing=True, actor=actor)
    assert queries.figures(consultation).left == 4
    page = body(client.get(desk))
    assert "Every comment is coded" in page and "0 left to code" in page and "Coded 4 of 4, 100%" in page
