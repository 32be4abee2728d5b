import pytest
from django.test import Client
from django.utils import timezone

from consultations import actions, queries
from consultations.drafts.reader import parse_text
from consultations.models import Comment
from consultations.voices import passages, tasks
from consultations.voices.models import Passage, PassagePlace
from consultations.voices.rules import PASSAGE_MOST, stretch
from engage.accounts.actors import ANYONE, SYSTEM
from engage.errors import Refused
from tests.consultations.factories import CHINESE, call
from tests.consultations.test_commenting import WORDS, add, body, send
from tests.participation.factories import envelope

TEXT = "社区图书馆每周 开放\n（一）工作日；"
MARKED = "社区图书馆每周开放不少于五天"


def test_a_stretch_is_named_by_characters_without_spaces():
    start, end = stretch(TEXT, "5", "12")
    assert TEXT[start:end] == "每周 开放\n（一）"


@pytest.mark.parametrize(
    ("first", "last"),
    [("", ""), ("3", "3"), ("5", "3"), ("0", "999"), ("-1", "3"), ("٣", "9"), ("0", "9" * 40), ("x", "3")],
)
def test_what_names_no_stretch_is_none(first, last):
    assert stretch(TEXT, first, last) is None


def test_a_stretch_has_a_length():
    assert stretch("字" * 9_000, "0", str(PASSAGE_MOST)) is not None
    assert stretch("字" * 9_000, "0", str(PASSAGE_MOST + 1)) is None


def words_of(consultation, key: str = "art_2") -> str:
    text = queries.text_of(queries.published_version(consultation), language="zh-hans")
    return next(article.text for article in text.articles if article.key == key)


def marked(consultation, words: str = MARKED, **values) -> Comment:
    start = words_of(consultation).index(words)
    given = actions.CommentInput(
        key="art_2", stance="change", text=WORDS, language="zh-hans", passage=(start, start + len(words)), **values
    )
    sealed = envelope(received_at=timezone.now())
    return actions.submit_comments(consultation.slug, [given], sealed, title="", actor=ANYONE).comments.get()


def publish(consultation, chinese: str) -> None:
    draft = queries.published_version(consultation).draft
    version = actions.store_draft(parse_text(chinese, language="zh-hans"), draft=draft, actor=SYSTEM)
    actions.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)


@pytest.mark.django_db
def test_marked_words_go_through_the_form_and_stand_above_the_comment(client: Client, settings):
    settings.FASTEST_PERSON_SECONDS = 0
    consultation = call()
    spaceless = words_of(consultation).replace(" ", "").replace("\n", "")
    start = spaceless.index(MARKED)
    query = f"?from={start}&to={start + len(MARKED)}&v=1"
    page = body(client.get(f"/zh/c/{consultation.slug}/art-2/comment/{query}"))
    assert f'aria-labelledby="quote">{MARKED}</blockquote>' in page
    client.post(f"/zh/c/{consultation.slug}/art-2/comment/{query}", {"stance": "change", "text": WORDS})
    assert f"{MARKED}</blockquote>" in body(client.get(f"/zh/c/{consultation.slug}/mine/"))
    send(client, consultation.slug)
    passage = Passage.objects.get()
    assert passage.exact == MARKED
    assert words_of(consultation)[passage.start : passage.end] == MARKED
    assert f"{MARKED}</blockquote>" in body(client.get(f"/zh/c/{consultation.slug}/art-2/"))
    (row,) = client.get(f"/api/v1/consultations/{consultation.slug}/comments").json()["items"]
    assert [selector["type"] for selector in row["selectors"]] == ["TextQuoteSelector", "TextPositionSelector"]
    assert row["selectors"][0]["exact"] == MARKED


@pytest.mark.django_db
def test_the_mark_can_be_given_up_for_the_whole_clause(client: Client):
    consultation = call()
    add(client, consultation.slug)
    path = f"/zh/c/{consultation.slug}/art-2/comment/"
    item = client.session["baskets"][consultation.slug]["items"][0]["id"]
    client.post(f"{path}?item={item}&from=0&to=4&v=1", {"stance": "change", "text": WORDS})
    assert client.session["baskets"][consultation.slug]["items"][0]["passage"]
    client.post(f"{path}?item={item}", {"stance": "oppose", "text": WORDS})
    assert client.session["baskets"][consultation.slug]["items"][0]["passage"]
    client.post(f"{path}?item={item}&whole=1", {"stance": "oppose", "text": WORDS})
    assert not client.session["baskets"][consultation.slug]["items"][0]["passage"]


@pytest.mark.django_db
def test_marks_of_another_version_are_not_guessed(client: Client):
    page = body(client.get(f"/en/c/{call().slug}/art-2/comment/?from=0&to=4&v=7"))
    assert "not in the text any more" in page


@pytest.mark.django_db
@pytest.mark.parametrize("passage", [(0, 0), (5, 3), (0, 9_999), (-3, 4)])
def test_other_doors_cannot_mark_what_is_not_there(passage):
    given = actions.CommentInput(key="art_2", stance="change", text=WORDS, passage=passage)
    with pytest.raises(Refused, match="passage_gone"):
        actions.submit_comments(call().slug, [given], envelope(received_at=timezone.now()), title="", actor=ANYONE)
    assert not Comment.objects.exists()


@pytest.mark.django_db
def test_overlapping_marks_stand_beside_each_other(client: Client):
    consultation = call()
    for words in (MARKED, "每周开放", "不少于五天", MARKED):
        marked(consultation, words)
    page = body(client.get(f"/zh/c/{consultation.slug}/art-2/"))
    assert page.count("</blockquote>") == 4


@pytest.mark.django_db
def test_a_mark_is_found_again_in_a_moved_clause(client: Client):
    consultation = call()
    sent = marked(consultation)
    publish(consultation, CHINESE.replace("第二条　开放时间\n", "第二条　开放时间\n本条适用于全区。\n"))
    assert tasks.place_passages() == 1
    assert tasks.place_passages() == 0
    place = PassagePlace.objects.get()
    assert place.outcome == "exact"
    assert words_of(consultation)[place.start : place.end] == MARKED
    quote = passages.quotes([sent], queries.published_version(consultation))[sent.pk]
    assert quote.found == "moved"


@pytest.mark.django_db
def test_where_the_words_are_gone_the_comment_stands_by_the_clause_and_says_so(client: Client):
    consultation = call()
    sent = marked(consultation, "（二）周末和节假日")
    publish(consultation, CHINESE.replace("（二）周末和节假日。", "（二）暑期。"))
    tasks.place_passages()
    quote = passages.quotes([sent], queries.published_version(consultation))[sent.pk]
    assert quote.found == "gone"
    page = body(client.get(f"/en/c/{consultation.slug}/comments/{sent.pk}/"))
    assert "the comment stands by the whole clause" in page


@pytest.mark.django_db
def test_a_comment_to_a_clause_that_a_new_version_removed_is_kept_and_can_be_moved(client: Client, settings):
    settings.FASTEST_PERSON_SECONDS = 0
    consultation = call()
    add(client, consultation.slug, "art-3")
    gone = CHINESE.replace("第三条　借书\n居民凭读者证借书，每次不超过五册。\n", "").replace("第二章 借阅\n", "")
    publish(consultation, gone)
    page = body(client.get(f"/en/c/{consultation.slug}/mine/"))
    assert "this clause is not in it" in page
    assert WORDS in page
    assert send(client, consultation.slug).status_code == 422
    assert not Comment.objects.exists()
    item = client.session["baskets"][consultation.slug]["items"][0]["id"]
    client.post(f"/en/c/{consultation.slug}/comment/?item={item}", {"stance": "change", "text": WORDS})
    send(client, consultation.slug)
    assert Comment.objects.get().clause is None
