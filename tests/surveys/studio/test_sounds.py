"""Sounds and films of questions: taken in where they are written, heard by whoever may, and said in words elsewhere."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from engage.accounts.actors import Role
from engage.errors import Refused
from surveys import actions, building
from surveys.definition import checks, model
from surveys.finding_words import finding_sentence
from surveys.gated import body
from surveys.models import Picture, Version
from surveys.studio.paper import sheet
from surveys.studio.picture_fields import sound_prefix, untaken_sentence
from surveys.studio.picture_forms import prefix_of
from tests.accounts.people import person, staff_client
from tests.participation.test_attachments_film import CLUSTER, INFO, PICTURE, SECRET, SOUND, TRACKS, mp4, track, webm
from tests.participation.test_attachments_sound import FRAME, id3, recording
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import both, definition, options, page, question
from tests.surveys.studio.builders import fields, parks
from tests.surveys.studio.test_pictures import drawn

pytestmark = pytest.mark.django_db

MP3 = id3(b"TPE1" + SECRET) + FRAME * 10


@pytest.fixture(autouse=True)
def _apart(settings, tmp_path):
    private = settings.STORAGES["private"]
    place = {**private["OPTIONS"], "location": str(tmp_path / "private")}
    settings.STORAGES = {**settings.STORAGES, "private": {**private, "OPTIONS": place}}


@pytest.fixture
def editor():
    return staff_client(Role.EDITOR)


def added(content: bytes = MP3, name: str = "bell.mp3") -> Picture:
    return actions.add_picture(io.BytesIO(content), name, kinds=("audio", "video"), actor=person(Role.EDITOR))


def heard(name: str, kind: str = "audio", words: str = "The bell rings twice") -> dict:
    said = {"alt": both("钟声", "The bell"), "transcript": both("钟响了两下", words)}
    return {"kind": kind, "source": {"en": name}, **said}


def at(version, name, *more):
    return reverse(f"questionnaire_{name}", args=[version.pk, *more])


def codes(version):
    return [gap.code for gap in building.gaps(Version.objects.get(pk=version.pk))]


# --- taken in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "media_type", "ending"),
    [(MP3, "Bell.MP3", "audio/mpeg", "mp3"), (recording(), "bell.wav", "audio/wav", "wav"),
     (mp4(SOUND), "bell.m4a", "audio/mp4", "m4a"), (mp4(PICTURE, SOUND), "bell.mp4", "video/mp4", "mp4"),
     (webm(INFO, TRACKS, CLUSTER), "bell.webm", "video/webm", "webm")],
)  # fmt: skip
def test_sounds_and_films_are_told_by_their_content_and_kept_clean(content, name, media_type, ending):
    stored = added(content, name)
    assert stored.media_type == media_type and stored.name == f"bell-{stored.sha256[:16]}.{ending}"
    assert SECRET not in stored.file.read()
    assert bool(stored.width) == media_type.startswith("video/")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [(b"", "bell.mp3", "empty"), (b"<script>alert(1)</script>", "bell.mp3", "type_mismatch"),
     (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "bell.svg", "unknown_type"),
     (b"words", "bell.txt", "survey_no_sound"), (drawn(), "bell.png", "survey_no_sound"),
     (mp4(track(b"vide", b"hvc1")), "bell.mp4", "survey_no_sound")],
)  # fmt: skip
def test_what_is_no_sound_or_film_is_refused_and_leaves_nothing(content, name, code):
    with pytest.raises(Refused) as refusal:
        added(content, name)
    assert refusal.value.code == code and not Picture.objects.exists()


def test_a_sound_is_no_picture():
    with pytest.raises(Refused, match="survey_no_picture"):
        actions.add_picture(io.BytesIO(MP3), "bell.mp3", actor=person(Role.EDITOR))


# --- written with its question --------------------------------------------------------------------------------------


def test_a_question_gets_its_sound_with_words_and_loses_it_again(editor):
    version = parks()
    url = at(version, "part", "item", "why")
    screen = editor.get(url)
    fold = screen.context["form"].fields["sound:en"].fold
    assert f'<details class="survey-fold"><summary>{fold}' in screen.content.decode()
    sent = fields(screen) | {
        "sound_file:en": SimpleUploadedFile("bell.mp3", MP3), "sound_alt:en": "The bell", "sound_alt:zh-hans": "钟声",
        "sound_transcript:en": "It rings twice", "sound_transcript:zh-hans": "响了两下",
    }  # fmt: skip
    assert editor.post(url, sent).status_code == 302
    stored = Picture.objects.get()
    words = {"alt": both("钟声", "The bell"), "transcript": both("响了两下", "It rings twice")}
    (medium,) = Version.objects.get(pk=version.pk).parsed.by_name["why"].item.media
    assert medium == model.Media(kind="audio", source={"en": stored.name}, **words)
    assert not {"sound_missing", "no_transcript"} & set(codes(version))

    again = fields(editor.get(url))
    assert again["sound:en"] == stored.name
    editor.post(url, again | {"sound:en": ""})
    assert Version.objects.get(pk=version.pk).parsed.by_name["why"].item.media == ()


def test_a_film_beside_a_picture_goes_behind_it_and_an_answer_gets_a_sound(editor):
    version = parks()
    url = at(version, "part", "item", "often")
    sent = fields(editor.get(url)) | {
        "picture_file:en": SimpleUploadedFile("gate.png", drawn()),
        "sound_file:en": SimpleUploadedFile("gate.mp4", mp4(PICTURE, SOUND)),
    }
    assert editor.post(url, sent).status_code == 302
    media = Version.objects.get(pk=version.pk).parsed.by_name["often"].item.media
    assert [one.kind for one in media] == ["image", "video"]
    url, prefix = at(version, "answer_pictures", "item", "often"), prefix_of("never").replace("picture", "sound")
    sent = fields(editor.get(url)) | {f"{prefix}_file:en": SimpleUploadedFile("bell.wav", recording())}
    assert editor.post(url, sent).status_code == 302
    first, second = Version.objects.get(pk=version.pk).parsed.by_name["often"].item.options
    assert first.media == () and second.media[0].kind == "audio"


def test_a_sound_goes_behind_the_picture_that_names_its_answer(editor):
    shown = {"kind": "image", "source": {"en": "gate.png"}, "alt": both("大门", "The gate")}
    whole = definition(
        page("first", question("often", "single", options=options("a", a={"label": {}, "media": [shown]})))
    )
    version = parks(definition=whole)
    url, prefix = at(version, "answer_pictures", "item", "often"), prefix_of("a").replace("picture", "sound")
    sent = {f"{prefix}_file:en": SimpleUploadedFile("bell.mp3", MP3), f"{prefix}_alt:en": "The bell"}
    assert editor.post(url, fields(editor.get(url)) | sent).status_code == 302
    (option,) = Version.objects.get(pk=version.pk).parsed.by_name["often"].item.options
    assert [one.kind for one in option.media] == ["image", "audio"] and option.words == both("大门", "The gate")


def test_very_many_answers_can_be_saved_and_each_can_get_a_sound(editor):
    answers = options(*(f"town {number}" for number in range(300)))
    version = parks(definition=definition(page("first", question("often", "single", options=answers))))
    url = at(version, "answer_pictures", "item", "often")
    screen = editor.get(url)
    assert b'name="sound' not in screen.content and b'href="?sound=town%207#answer-8"' in screen.content
    opened = editor.get(url, {"sound": "town 7"})
    # A browser sends what is empty too.
    empty = {name: "" for name in opened.context["form"].fields if "_file:" not in name}
    sent, prefix = empty | fields(opened), sound_prefix(prefix_of("town 7"))
    assert {name.partition(":")[0].partition("_")[0] for name in sent if name.startswith("sound")} == {prefix}
    # What is wrong is said with its fields still there.
    wrong = editor.post(url, sent | {f"{prefix}_alt:en": "The bell"})
    assert wrong.status_code == 422 and wrong.context["form"].errors[f"{prefix}:zh-hans"]
    sent |= {f"{prefix}_file:en": SimpleUploadedFile("bell.mp3", MP3), f"{prefix}_alt:en": "The bell"}
    assert editor.post(url, sent).status_code == 302
    found = Version.objects.get(pk=version.pk).parsed.by_name["often"].item.options
    assert [number for number, option in enumerate(found) if option.media] == [7]
    # One that has a sound keeps its fields.
    assert fields(editor.get(url))[f"{prefix}:en"] == Picture.objects.get().name


@pytest.mark.parametrize("name", ["bell.png", "bell.txt", "bell.html"])
def test_what_is_no_sound_is_said_at_its_field(editor, name):
    version = parks()
    url = at(version, "part", "item", "why")
    sent = fields(editor.get(url)) | {"sound_file:en": SimpleUploadedFile(name, drawn() if "png" in name else b"<p>")}
    answer = editor.post(url, sent)
    assert answer.status_code == 422 and answer.context["form"].errors["sound_file:en"]
    assert not Picture.objects.exists()


def test_words_without_a_sound_and_a_sound_beside_a_film_are_asked_about(editor):
    version = parks()
    url = at(version, "part", "item", "why")
    answer = editor.post(url, fields(editor.get(url)) | {"sound_transcript:en": "It rings"})
    assert answer.status_code == 422 and answer.context["form"].errors["sound:zh-hans"]
    sent = {
        "sound_file:en": SimpleUploadedFile("a.mp3", MP3),
        "sound_file:zh-hans": SimpleUploadedFile("a.mp4", mp4(PICTURE)),
    }
    answer = editor.post(url, fields(editor.get(url)) | sent)
    assert answer.status_code == 422 and answer.context["form"].errors["sound:zh-hans"]


def test_an_imported_sound_and_film_keep_their_fields_and_get_their_files(editor):
    media = [{"kind": "audio", "source": {"en": "bell.mp3"}}, {"kind": "video", "source": {"en": "Gate.mp4"}}]
    version = parks(definition=definition(page("first", question("bell", "text", media=media))))
    assert codes(version).count("sound_missing") == 2 and codes(version).count("no_transcript") == 2
    url = at(version, "part", "item", "bell")
    editor.post(url, fields(editor.get(url)))
    assert [one.kind for one in Version.objects.get(pk=version.pk).parsed.by_name["bell"].item.media] == [
        "audio",
        "video",
    ]
    uploads = [SimpleUploadedFile("bell.mp3", MP3), SimpleUploadedFile("gate.mp4", mp4(PICTURE))]
    sent = {"revision": Version.objects.get(pk=version.pk).revision, "uploads": uploads}
    assert editor.post(at(version, "pictures"), sent).status_code == 302
    assert "sound_missing" not in codes(version)
    listed = editor.get(at(version, "pictures")).content
    assert b"<audio" in listed and b"<video" in listed


def test_a_name_that_is_of_another_kind_is_a_fault_and_is_not_shown():
    stored = added()
    whole = definition(page("first", question("bell", "text", media=[heard(stored.name, kind="video")])))
    version = parks(definition=whole)
    assert "medium_mistaken" in codes(version)
    assert stored.name not in body(version, "en")


def test_words_are_translated_and_needed():
    whole = definition(page("first", question("bell", "text", media=[heard("bell.mp3")])))
    texts = dict(checks.texts_of(model.parse(whole)))
    assert texts["/pages/0/items/0/media/0/transcript"]["en"] == "The bell rings twice"
    del whole["pages"][0]["items"][0]["media"][0]["transcript"]
    assert "no_transcript" in [one.code for one in checks.check(model.parse(whole))]


def test_an_answer_is_never_called_by_a_transcript():
    named, unnamed = heard("bell.mp3"), heard("bell.mp3")
    del unnamed["alt"]
    answers = options("a", "b", a={"label": {}, "media": [named]}, b={"label": {}, "media": [unnamed]})
    parsed = model.parse(definition(page("first", question("often", "single", options=answers))))
    first, second = parsed.by_name["often"].item.options
    assert first.words == both("钟声", "The bell") and second.words == {}
    found = [(one.path, one.severity) for one in checks.check(parsed) if one.code == "option_unnamed"]
    assert found == [("/pages/0/items/0/options/1", "error")]


def test_an_author_of_a_film_is_told_of_captions():
    media = [heard("bell.mp3"), heard("gate.mp4", "video")]
    parsed = model.parse(definition(page("first", question("bell", "text", media=media))))
    found = checks.check(parsed)
    assert [(one.path, one.code, one.severity) for one in found] == [
        ("/pages/0/items/0/media/1", "film_captions", "warning")
    ]
    assert "WCAG 1.2.2" in finding_sentence(found[0], parsed) and checks.publishable(found)


def test_why_a_film_with_subtitles_is_not_taken_is_said(editor):
    version = parks()
    url = at(version, "part", "item", "why")
    film = SimpleUploadedFile("gate.mp4", mp4(PICTURE, track(b"text", b"tx3g")))
    with translation.override(None):
        said = untaken_sentence(Refused("survey_no_sound"))
    assert "subtitles" in said
    answer = editor.post(url, fields(editor.get(url)) | {"sound_file:en": film})
    assert answer.status_code == 422 and len(answer.context["form"].errors["sound_file:en"]) == 1


# --- heard and seen -------------------------------------------------------------------------------------------------


def heard_questionnaire(**more):
    bell, gate = added(), added(mp4(PICTURE, SOUND), "gate.mp4")
    whole = definition(
        page(
            "first",
            {"name": "about", "type": "group", "label": both("关于", "About"), "media": [heard(bell.name)],
             "items": [question("note", "note", media=[heard(gate.name, "video", "Noted")])]},
            question("often", "single", media=[heard(gate.name, "video")],
                     options=options("a", "b", b={"media": [heard(bell.name)]})),
            question("why", "text", media=[heard(bell.name)]),
            question("table", "matrix", options=options("good", good={"media": [heard(bell.name)]}),
                     rows=options("lawn", lawn={"media": [heard(bell.name)]})),
        ),
        **more,
    )  # fmt: skip
    return bell, gate, whole


def test_whoever_answers_hears_them_with_a_name_and_words_and_without_a_script():
    bell, gate, whole = heard_questionnaire()
    version = published(whole)
    actions.settle_pictures(version)
    client = Client()
    shown = client.get(client.post("/en/surveys/parks/", {"begin": "1"}).url).content.decode()
    assert shown.count(f'<audio controls preload="none" src="/en/surveys/pictures/{bell.name}"') == 5
    assert shown.count(f'src="/en/surveys/pictures/{gate.name}" width="640" height="360"') == 2
    assert shown.count('aria-label="Sound: The bell"') == 5 and shown.count('aria-label="Film: The bell"') == 2
    assert shown.count("<details>") == 7 and "The bell rings twice" in shown
    # What has controls of its own stands in no label.
    for label in shown.split("<label")[1:]:
        assert "<audio" not in label.partition("</label>")[0]


def test_no_player_of_a_table_stands_in_a_head():
    """A phone hides the heads of columns, and any head is read out with every cell."""
    bell = added()
    columns = options("good", "bad", good={"media": [heard(bell.name)]})
    table = question("table", "matrix", options=columns, rows=options("lawn", lawn={"media": [heard(bell.name)]}))
    version = published(definition(page("first", table)))
    actions.settle_pictures(version)
    client = Client()
    shown = client.get(client.post("/en/surveys/parks/", {"begin": "1"}).url).content.decode()
    before, within = shown.split('<table class="matrix">')
    assert before.count("<audio") == 1 and before.index("<strong>Choice good</strong>") < before.index("<audio")
    assert "<strong>Choice bad</strong>" not in before
    assert within.count("<audio") == 1 and "<audio" not in within.partition("</thead>")[0]
    for head in within.split("<th ")[1:]:
        assert "<figure" not in head.partition("</th>")[0]
    # Every row has as many cells as the heads.
    heads, row = within.partition("</thead>")[0], within.partition("<tbody>")[2].partition("</tr>")[0]
    assert [part.count("<td>") + part.count("<th ") for part in (heads, row)] == [4, 4]


def test_a_player_gets_the_parts_that_it_asks_for():
    bell, _gate, whole = heard_questionnaire()
    actions.settle_pictures(published(whole))
    url, content = f"/en/surveys/pictures/{bell.name}", bell.file.read()

    def asked(part, **headers):
        answer = Client().get(url, headers={"range": part, "accept-encoding": "gzip", **headers})
        return answer.status_code, b"".join(answer.streaming_content) if answer.streaming else b"", answer

    for part, wanted in (("bytes=0-9", content[:10]), ("bytes=10-", content[10:]), ("bytes=-7", content[-7:]),
                         ("bytes=5-99999999", content[5:])):  # fmt: skip
        status, got, answer = asked(part)
        assert (status, got) == (206, wanted) and answer["Content-Length"] == str(len(wanted))
        assert answer["Content-Range"].endswith(f"/{len(content)}") and answer["Content-Type"] == "audio/mpeg"
    for part in ("", "bytes=0-1,3-4", "lines=0-1", "bytes=-", "bytes=x-1"):
        status, got, answer = asked(part)
        assert (status, got) == (200, content) and answer["Accept-Ranges"] == "bytes"
    for part in (f"bytes={len(content)}-", "bytes=-0", "bytes=9-3"):
        status, got, answer = asked(part)
        assert status == 416 and answer["Content-Range"] == f"bytes */{len(content)}"
    assert asked("bytes=0-9", **{"if-range": '"another"'})[0] == 200
    assert asked("bytes=0-9", **{"if-range": answer.get("ETag", f'"{bell.sha256[:32]}"')})[0] == 206
    assert Client().head(url, headers={"range": "bytes=0-9"}).status_code == 206


def test_who_may_not_hear_it_gets_no_part_of_it():
    bell, _gate, whole = heard_questionnaire()
    parks(definition=whole)
    assert Client().get(f"/en/surveys/pictures/{bell.name}", headers={"range": "bytes=0-9"}).status_code == 404


def test_the_gate_signs_their_words_and_the_digest_of_what_is_in_them():
    bell, gate, whole = heard_questionnaire()
    signed = body(parks(definition=whole), "en")
    assert bell.sha256 in signed and gate.sha256 in signed and "The bell rings twice" in signed
    assert "<audio" not in signed and "/pictures/" not in signed


def test_the_preview_plays_them(editor):
    bell, gate, whole = heard_questionnaire()
    version = parks(definition=whole)
    screen = editor.get(at(version, "preview_page", "en", 0), follow=True).content.decode()
    assert screen.count("<audio") == 5 and screen.count("<video") == 2


def test_paper_says_them_in_words():
    _bell, _gate, whole = heard_questionnaire()
    version = parks(definition=whole)
    with translation.override("en"):
        said = sheet(version, "en")["pages"][0]["items"]
    by_label = {one["label"]: one for one in said}
    assert by_label["About"]["pictures"] == ["Sound · The bell · The bell rings twice"]
    often = next(one for one in said if one.get("look") == "choices")
    assert often["pictures"][0].startswith("Film") and often["options"][1]["pictures"][0].startswith("Sound")
    table = next(one for one in said if one.get("look") == "table")
    assert table["options"][0]["pictures"] and table["rows"][0]["pictures"]
