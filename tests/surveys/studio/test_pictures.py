"""Pictures of questions and answers: taken in where they are written, and shown to whoever may see them."""

import base64
import io
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from engage.accounts.actors import Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.publishing import gate as release
from surveys import actions, building
from surveys.actions.picturing import SIDE_MOST
from surveys.definition import model
from surveys.models import Picture, Version
from surveys.studio.picture_forms import prefix_of
from tests.accounts.people import person, staff_client
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import both, definition, options, page, question
from tests.surveys.studio.builders import PARKS, fields, parks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _apart(settings, tmp_path):
    private = settings.STORAGES["private"]
    place = {**private["OPTIONS"], "location": str(tmp_path / "private")}
    settings.STORAGES = {**settings.STORAGES, "private": {**private, "OPTIONS": place}}


@pytest.fixture
def editor():
    return staff_client(Role.EDITOR)


def drawn(colour: str = "red", *, size: tuple[int, int] = (40, 30), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Maker of Li Lei"
    Image.new("RGB", size, colour).save(out, kind, exif=exif)
    return out.getvalue()


def upload(name: str = "公园.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content if content is not None else drawn(), content_type="image/png")


def added(colour: str = "red", name: str = "gate.png") -> Picture:
    return actions.add_picture(io.BytesIO(drawn(colour)), name, actor=person(Role.EDITOR))


def shows(*names: str, alt: str = "The gate") -> list[dict]:
    return [{"kind": "image", "source": {"en": name}, "alt": both("大门", alt)} for name in names]


def at(version, name, *more):
    return reverse(f"questionnaire_{name}", args=[version.pk, *more])


def item(version, name):
    return Version.objects.get(pk=version.pk).parsed.by_name[name].item


def codes(version):
    return [gap.code for gap in building.gaps(Version.objects.get(pk=version.pk))]


# --- taken in -------------------------------------------------------------------------------------------------------


def test_a_picture_is_kept_small_and_says_nothing_of_who_took_it():
    picture = actions.add_picture(
        io.BytesIO(drawn(size=(4000, 1000), kind="JPEG")), "West Gate.JPG", actor=person(Role.EDITOR)
    )
    assert (picture.width, picture.height) == (SIDE_MOST, SIDE_MOST // 4)
    assert picture.name == f"west-gate-{picture.sha256[:16]}.jpg" and picture.media_type == "image/jpeg"
    content = picture.file.read()
    assert b"Li Lei" not in content and len(content) == picture.size
    assert JournalRow.objects.filter(verb="questionnaire.picture_added").count() == 1


def test_the_same_picture_is_there_once_and_another_of_its_name_beside_it():
    assert added() == added() and Picture.objects.count() == 1
    assert added("blue") != added() and Picture.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"a text", "survey_no_picture"), (drawn()[:60], "truncated"),
     (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "survey_no_picture")],
)  # fmt: skip
def test_what_is_no_picture_is_refused_and_leaves_nothing(content, code):
    with pytest.raises(Refused) as refusal:
        actions.add_picture(io.BytesIO(content), "x", actor=person(Role.EDITOR))
    assert refusal.value.code in {code, "unknown_type"} and not Picture.objects.exists()


def test_only_an_editor_adds_one():
    with pytest.raises(Refused, match="not_allowed"):
        actions.add_picture(io.BytesIO(drawn()), "x.png", actor=person(Role.OFFICER))


# --- written with its question --------------------------------------------------------------------------------------


def test_a_question_gets_its_picture_with_words_in_every_language(editor):
    version = parks()
    screen = editor.get(at(version, "part", "item", "why"))
    sent = fields(screen) | {
        "picture_file:en": upload("gate.png"), "picture_alt:en": "The gate", "picture_alt:zh-hans": "大门",
    }  # fmt: skip
    assert editor.post(at(version, "part", "item", "why"), sent).status_code == 302
    (medium,) = item(version, "why").media
    stored = Picture.objects.get()
    assert medium == model.Media(kind="image", source={"en": stored.name}, alt=both("大门", "The gate"))
    assert "picture_missing" not in codes(version)

    again = fields(editor.get(at(version, "part", "item", "why")))
    assert again["picture:en"] == stored.name
    editor.post(at(version, "part", "item", "why"), again)
    assert item(version, "why").media == (medium,)
    editor.post(
        at(version, "part", "item", "why"), fields(editor.get(at(version, "part", "item", "why"))) | {"picture:en": ""}
    )
    assert item(version, "why").media == ()


def test_a_picture_stays_chosen_when_something_else_is_wrong(editor):
    version = parks()
    url = at(version, "part", "item", "why")
    sent = fields(editor.get(url)) | {"relevant": "${", "picture_file:en": upload("gate.png")}
    answer = editor.post(url, sent)
    stored = Picture.objects.get()
    assert answer.status_code == 422 and answer.context["form"]["picture:en"].value() == stored.name
    assert f'value="{stored.name}" selected' in answer.content.decode()
    assert editor.post(url, fields(answer) | {"relevant": ""}).status_code == 302
    assert item(version, "why").media[0].source == {"en": stored.name}


@pytest.mark.parametrize("content", [b"no picture at all", b""])
def test_what_is_no_picture_is_said_at_its_field(editor, content):
    version = parks()
    url = at(version, "part", "item", "why")
    answer = editor.post(url, fields(editor.get(url)) | {"picture_file:en": upload("gate.png", content)})
    assert answer.status_code == 422 and answer.context["form"].errors["picture_file:en"]
    assert item(version, "why").media == () and not Picture.objects.exists()


def test_nothing_is_taken_in_for_a_form_that_was_open_too_long(editor):
    version = parks()
    url = at(version, "part", "item", "why")
    sent = fields(editor.get(url)) | {"picture_file:en": upload()}
    actions.write_definition(version.pk, PARKS, revision=version.revision, actor=person(Role.EDITOR))
    assert editor.post(url, sent).status_code == 409
    assert not Picture.objects.exists()


def test_sounds_beside_a_picture_stay_where_they_were(editor):
    sound = {"kind": "audio", "source": {"en": "bell.mp3"}}
    whole = definition(page("first", question("bell", "text", media=[sound, *shows("old.png")])))
    version = parks(definition=whole)
    url = at(version, "part", "item", "bell")
    editor.post(url, fields(editor.get(url)) | {"picture_file:en": upload("gate.png")})
    first, second = item(version, "bell").media
    assert first == model.Media(**sound) and second.source == {"en": Picture.objects.get().name}
    assert second.alt == both("大门", "The gate") and "sound_missing" in codes(version)


def test_answers_get_their_pictures(editor):
    version = parks()
    url, never = at(version, "answer_pictures", "item", "often"), prefix_of("never")
    sent = fields(editor.get(url)) | {f"{never}_file:zh-hans": upload(), f"{never}_alt:zh-hans": "没有人的公园"}
    assert editor.post(url, sent).status_code == 302
    first, second = item(version, "often").options
    assert first.media == () and second.exclusive
    assert second.media[0].source == {"zh-hans": Picture.objects.get().name}


def test_answers_of_a_list_and_rows_of_a_table_get_theirs(editor):
    whole = definition(
        page("first", question("one", "single", list="parks"),
             question("table", "matrix", options=options("good"), rows=options("lawn", "pond"))),
        lists={"parks": options("north", "south")},
    )  # fmt: skip
    version = parks(definition=whole)
    for name, value in (("one", "north"), ("table", "lawn")):
        url = at(version, "answer_pictures", "item", name)
        editor.post(url, fields(editor.get(url)) | {f"{prefix_of(value)}_file:en": upload("gate.png")})
    parsed = Version.objects.get(pk=version.pk).parsed
    assert parsed.lists["parks"][0].media and not parsed.lists["parks"][1].media
    assert parsed.by_name["table"].item.rows[0].media and not parsed.by_name["table"].item.options[0].media
    assert editor.get(at(version, "answer_pictures", "item", "nobody")).status_code == 404


def test_an_imported_form_gets_the_pictures_that_it_names(editor):
    whole = definition(
        page("first", question("one", "single", media=shows("Gate.png"),
                               options=options("a", "b", a={"media": shows("gate.png", "pond.png")}))),
    )  # fmt: skip
    version = parks(definition=whole)
    assert codes(version).count("picture_missing") == 3
    assert "Gate.png" in editor.get(at(version, "pictures")).content.decode()
    sent = {"revision": version.revision, "uploads": [upload("gate.png"), upload("other.png", drawn("blue"))]}
    answer = editor.post(at(version, "pictures"), sent)
    assert answer.status_code == 422 and "other.png" in unescape(answer.content.decode())
    sent = {"revision": Version.objects.get(pk=version.pk).revision, "uploads": [upload("pond.png", drawn("green"))]}
    assert editor.post(at(version, "pictures"), sent).status_code == 302
    assert "picture_missing" not in codes(version) and Picture.objects.count() == 2
    assert b"survey-thumbnail" in editor.get(at(version, "pictures")).content


# --- shown ----------------------------------------------------------------------------------------------------------


def pictured(**more):
    gate, pond = added(), added("blue", "pond.png")
    whole = definition(
        page(
            "first",
            {"name": "about", "type": "group", "label": both("关于", "About"), "media": shows(gate.name),
             "items": [question("note", "note", media=shows(gate.name, alt="Noted"))]},
            question("often", "single", media=shows(gate.name),
                     options=options("a", "b", b={"media": shows(pond.name, alt="The pond")})),
            question("table", "matrix", options=options("good"),
                     rows=options("lawn", lawn={"media": shows(pond.name)})),
        ),
        **more,
    )  # fmt: skip
    return gate, pond, whole


def test_whoever_answers_sees_them_in_their_place():
    gate, pond, whole = pictured()
    version = published(whole)
    actions.settle_pictures(version)
    client = Client()
    start = client.post("/en/surveys/parks/", {"begin": "1"})
    shown = client.get(start.url).content.decode()
    assert shown.count(f'src="/en/surveys/pictures/{gate.name}"') == 3
    assert shown.count(f'src="/en/surveys/pictures/{pond.name}"') == 2
    assert 'alt="The pond" width="40" height="30"' in shown
    picture = client.get(f"/en/surveys/pictures/{pond.name}")
    assert picture.status_code == 200 and picture["Content-Type"] == "image/png"
    assert "immutable" in picture["Cache-Control"] and "public" in picture["Cache-Control"]
    assert b"".join(picture.streaming_content) == pond.file.read()


def test_before_and_after_only_staff_see_them():
    gate, _pond, whole = pictured()
    url = f"/en/surveys/pictures/{gate.name}"
    staff = staff_client(Role.EDITOR)
    assert Client().get(url).status_code == 404
    assert staff.get(url).status_code == 200 and "no-store" in staff.get(url)["Cache-Control"]
    one, two = published(whole, key="one"), published(whole, key="two")
    for version in (one, two):
        actions.settle_pictures(version)
    assert Client().get(url).status_code == 200
    for version, status in ((one, 200), (two, 404)):
        actions.unpublish(version, now=timezone.now(), actor=person(Role.EDITOR))
        assert Client().get(url).status_code == status
    assert Client().get("/en/surveys/pictures/none-0123456789abcdef.png").status_code == 404


def test_the_preview_and_the_gate_show_them(editor):
    gate, pond, whole = pictured()
    version = parks(definition=whole)
    screen = editor.get(at(version, "preview_page", "en", 0), follow=True).content.decode()
    assert gate.name in screen and pond.name in screen
    from surveys.gated import body

    signed = [base64.b64encode(one.file.read()).decode() for one in (gate, pond)]
    assert [body(version, "en").count(f"data:image/png;base64,{one}") for one in signed] == [3, 2]
    assert "/pictures/" not in body(version, "en")


def test_the_gate_opens_them_with_their_questionnaire():
    gate, _pond, whole = pictured()
    version = parks(definition=whole)
    release.release_by_platform(actions.KIND, version, now=timezone.now())
    assert Client().get(f"/en/surveys/pictures/{gate.name}").status_code == 200


def test_words_without_a_picture_are_asked_about(editor):
    version = parks()
    for url, field in (
        (at(version, "part", "item", "why"), "picture"),
        (at(version, "answer_pictures", "item", "often"), prefix_of("weekly")),
    ):
        answer = editor.post(url, fields(editor.get(url)) | {f"{field}_alt:en": "The gate"})
        assert answer.status_code == 422 and answer.context["form"].errors[f"{field}:zh-hans"]


def test_an_answer_put_in_meanwhile_moves_no_picture(editor):
    gate = added()
    asked = question("often", "single", options=options("a", "b", b={"media": shows(gate.name)}))
    version = parks(definition=definition(page("first", asked)))
    url = at(version, "answer_pictures", "item", "often")
    sent = fields(editor.get(url))
    pond = added("blue", "pond.png")
    asked["options"].insert(0, *options("x", x={"media": shows(pond.name)}))
    actions.write_definition(
        version.pk, definition(page("first", asked)), revision=version.revision, actor=person(Role.EDITOR)
    )
    refused = editor.post(url, sent | {f"{prefix_of('a')}_alt:en": ""})
    assert refused.status_code == 409
    assert editor.post(url, fields(refused)).status_code == 302
    names = [[medium.source["en"] for medium in option.media] for option in item(version, "often").options]
    assert names == [[pond.name], [], [gate.name]]


def test_files_whose_names_differ_in_case_alone_stay_apart(editor):
    asked = [question(name, "text", media=shows(f"{name}.png")) for name in ("Map", "map")]
    for number, one in enumerate(asked):
        one["name"] = f"q{number}"
    version = parks(definition=definition(page("first", *asked)))
    sent = {"revision": version.revision, "uploads": [upload("Map.png"), upload("map.png", drawn("blue"))]}
    assert editor.post(at(version, "pictures"), sent).status_code == 302
    first, second = (item(version, name).media[0].source["en"] for name in ("q0", "q1"))
    assert first != second and Picture.objects.get(name=second).sha256[:16] in second


def test_columns_of_a_table_show_their_pictures_at_its_head_and_on_a_telephone_in_each_cell():
    pond = added("blue", "pond.png")
    rows, columns = options("lawn", "path"), options("good", "bad", good={"media": shows(pond.name, alt="The pond")})
    version = published(definition(page("first", question("table", "matrix", options=columns, rows=rows))))
    actions.settle_pictures(version)
    client = Client()
    shown = client.get(client.post("/en/surveys/parks/", {"begin": "1"}).url).content.decode()
    head, _thead, cells = shown.partition("</thead>")
    assert head.count(f'src="/en/surveys/pictures/{pond.name}" alt="The pond"') == 1
    # The name of the control says it already.
    assert cells.count(f'src="/en/surveys/pictures/{pond.name}" alt=""') == 2


def test_an_answer_that_is_a_picture_alone_is_named_by_what_it_shows():
    pond = added("blue", "pond.png")
    bare = [{"value": "a1", "media": shows(pond.name, alt="The pond")}]
    columns = question("table", "matrix", options=bare, rows=bare)
    version = published(definition(page("first", question("often", "single", options=bare), columns)))
    actions.settle_pictures(version)
    client = Client()
    start = client.post("/en/surveys/parks/", {"begin": "1"}).url
    shown = client.get(start).content.decode()
    assert 'aria-label="The pond: The pond"' in shown and "<span>a1" not in shown
    # Seen by its picture, and not told in words beside it.
    assert '<span><img class="survey-picture"' in shown
    sent = client.post(start, {"q:often": "a1", "q:table:a1": "a1", "go": "next"}, follow=True).content.decode()
    assert sent.count("The pond") >= 2 and ">a1<" not in sent
    assert version.parsed.by_name["often"].item.options[0].words == both("大门", "The pond")


def test_an_answer_keeps_its_picture_when_its_value_is_written_anew(editor):
    pond, gate = added("blue", "pond.png"), added()
    asked = question("often", "single", options=[
        {"value": "a", "label": both("池塘", "Pond"), "media": shows(pond.name), "relevant": "true()"},
        {"value": "b", "media": shows(gate.name)},
        {"value": "c", "label": both("路", "Path")},
    ])  # fmt: skip
    version = parks(definition=definition(page("first", asked)))
    url = at(version, "part", "item", "often")
    sent = fields(editor.get(url)) | {"options": "pond | 池塘 | Pond\ngate\nc | 路 | Path"}
    assert editor.post(url, sent).status_code == 302
    first, second, third = item(version, "often").options
    assert first.value == "pond" and first.media[0].source == {"en": pond.name} and first.relevant == "true()"
    assert second.value == "gate" and second.media[0].source == {"en": gate.name}
    assert third.media == ()


def test_another_answer_in_the_place_of_one_gets_no_picture_of_it(editor):
    pond = added("blue", "pond.png")
    asked = question("often", "single", options=[
        {"value": "a", "label": both("池塘", "Pond"), "media": shows(pond.name)},
        {"value": "b", "label": both("路", "Path")},
    ])  # fmt: skip
    version = parks(definition=definition(page("first", asked)))
    url = at(version, "part", "item", "often")
    editor.post(url, fields(editor.get(url)) | {"options": "x | 草坪 | Lawn\nb | 路 | Path\ny | 池塘 | Pool"})
    first, second, third = item(version, "often").options
    assert first.media == () and second.media == ()
    # One language has its words still.
    assert third.media[0].source == {"en": pond.name}
