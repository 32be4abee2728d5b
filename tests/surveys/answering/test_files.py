"""Files given as answers: taken in without a script, kept through everything else, sealed until they are sent."""

import io
import json
from datetime import timedelta
from html import unescape

import pytest
from cryptography.fernet import InvalidToken
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.participation.models import Attachment, Submission
from surveys import building
from surveys.answering import actions, codes, files
from surveys.answering.sheets import find
from surveys.models import AnswerFile, HeldFile, Response, SavedResponse
from tests.accounts.people import staff_client
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import definition, options, page, question

ASKS = definition(
    page(
        "first",
        question("hole", "photo", max_files=2, required=True),
        question("plan", "file", accept=[".pdf", ".txt"], max_bytes=2_000, relevant="${more} != 'no'"),
        question("words", "text", required=True),
        question("more", "single", options=options("yes", "no")),
    ),
    page("last", question("end", "text")),
)


@pytest.fixture(autouse=True)
def _apart(settings, tmp_path):
    settings.FASTEST_PERSON_SECONDS = 0
    private = settings.STORAGES["private"]
    options_ = {**private["OPTIONS"], "location": str(tmp_path / "private")}
    settings.STORAGES = {**settings.STORAGES, "private": {**private, "OPTIONS": options_}}


def picture(name: str = "李雷的手机.png", size: int = 8) -> SimpleUploadedFile:
    out = io.BytesIO()
    exif = Image.Exif()
    # Each name is another picture.
    exif[0x010F] = f"Maker of Li Lei {name}"
    Image.new("RGB", (size, size), "red").save(out, "PNG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def text(name: str = "plan.txt", content: bytes = b"a plan") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/plain")


class Sender:
    """One without cookies and scripts, who sends forms in parts."""

    def __init__(self, url: str = "/en/surveys/parks/") -> None:
        self.status, self.text, self.url = 0, "", url
        self.post(begin="1")

    def get(self, url: str) -> str:
        response = Client().get(url)
        self.url, self.text, self.status = url, unescape(response.content.decode()), response.status_code
        return self.text

    def post(self, **sent) -> str:
        response = Client(enforce_csrf_checks=True).post(self.url, sent)
        if response.status_code == 302:
            return self.get(response["Location"].partition("#")[0])
        self.text, self.status = unescape(response.content.decode()), response.status_code
        return self.text

    def answer(self, go="next", **answers) -> str:
        named = {f"q:{name}": value for name, value in answers.items()}
        return self.post(**({"go": go} if go else {}), **named)

    @property
    def code(self) -> str:
        return self.url.split("/answer/")[1].split("/")[0]

    @property
    def stored(self) -> dict:
        sheet = find(self.code, language="en", now=timezone.now())
        return {name: one["name"] for name, one in sheet.filled.files.items()}


@pytest.mark.sqlite_only
def test_names_are_found_wherever_an_answer_holds_them():
    answers = {"a": ["x.png", "y.png"], "people": [{"b": ["z.png"]}, {}], "t": "x.pn", "m": {"r": "q.png"}}
    assert files.named_in(answers, {"x.png", "z.png", "q.png", "w.png"}) == {"x.png", "z.png", "q.png"}


@pytest.mark.django_db
def test_a_file_is_kept_through_a_refusal_back_another_device_and_the_check_and_is_sent(
    django_capture_on_commit_callbacks,
):
    published(ASKS)
    sender = Sender()
    assert 'enctype="multipart/form-data"' in sender.text and sender.text.count("capture=") == 1
    assert "the name of the file is not kept" in sender.text
    sender.answer(hole=picture())
    assert sender.status == 422 and "Answer this question" in sender.text and "李雷的手机.png" in sender.text
    assert sender.text.count("There is a problem") == 1 and "Keep" not in sender.text
    held = HeldFile.objects.get()
    sealed = held.file.read()
    assert not sealed.startswith(picture().read()[:8]) and "李雷" not in held.name + held.file.name
    with pytest.raises(InvalidToken):
        codes.unseal_bytes(sealed, codes.new_code())
    sender.answer(words="here", plan=text())
    assert sender.url.endswith("/2/") and 'enctype="multipart' not in sender.text
    sender.answer(go="back")
    assert "李雷的手机.png" in sender.text and "plan.txt" in sender.text and 'value="here"' in sender.text
    other = Sender()
    other.url = "/en/surveys/continue/"
    other.post(code=sender.code)
    assert "李雷的手机.png" in other.text
    sender.answer(go="check", words="here")
    assert "李雷的手机.png" in sender.text and "plan.txt" in sender.text
    with django_capture_on_commit_callbacks(execute=True):
        sender.post(send="1")
    assert "We have your answers" in sender.text
    response = Response.objects.get()
    private = json.loads(response.private)
    assert response.answers == {"words": "here", "hole#files": 1, "plan#files": 1}
    given = {one.question: one for one in AnswerFile.objects.select_related("attachment")}
    assert private == {name: [one.stored] for name, one in given.items()} and set(private) == {"hole", "plan"}
    assert not HeldFile.objects.exists() and not held.file.storage.exists(held.file.name)
    kept = given["hole"].attachment
    assert kept.name == "hole-1.png" and kept.file.name.endswith(given["hole"].stored)
    content = kept.file.read()
    assert Image.open(io.BytesIO(content)).size == (8, 8) and b"Li Lei" not in content
    assert not Attachment.objects.filter(name__contains="李雷").exists()


@pytest.mark.django_db
def test_whatever_is_sent_gets_its_sentence_and_nothing_of_it_is_kept():
    published(ASKS)
    sender = Sender()
    refused = [
        ({"hole": text("a.txt")}, "is of another kind; what is taken here: JPG, PNG, WEBP, HEIC, GIF"),
        ({"hole": SimpleUploadedFile("a.png", b"")}, "The file is empty"),
        ({"hole": SimpleUploadedFile("a.png", b"no picture")}, "The file is not what its name says"),
        ({"hole": SimpleUploadedFile("a.exe", b"MZ\x90\x00\x03")}, "We cannot open this file"),
        ({"plan": text(content=b"a" * 2_001)}, "is larger than 2.0"),
        ({"plan": picture()}, "is of another kind; what is taken here: PDF, TXT"),
        ({"plan": text("../../etc/" + "n" * 400 + ".exe", b"MZ\x90")}, "…” was not taken"),
        ({"words": "typed", "plan": SimpleUploadedFile("<b>.pdf", b"%PDF-1.4 cut")}, "was not taken"),
    ]
    for number, (sent, sentence) in enumerate(refused):
        sender.answer(go=("next", "back", "aside", "check")[number % 4], **sent)
        assert sender.status == 422 and sentence in sender.text, sent
        assert "There is a problem" in sender.text
    assert 'value="typed"' in sender.text and "<b>.pdf" not in sender.text.replace("“<b>.pdf”", "")
    assert not HeldFile.objects.exists() and sender.stored == {}


@pytest.mark.django_db
def test_thirty_at_once_are_two_and_a_sentence_and_each_can_be_removed(django_capture_on_commit_callbacks):
    published(ASKS)
    sender = Sender()
    sender.answer(hole=[picture(f"{n}.png") for n in range(30)])
    assert sender.status == 422 and "At most 2 pictures are taken here" in sender.text
    assert sorted(sender.stored.values()) == ["0.png", "1.png"] and HeldFile.objects.count() == 2
    assert "Choose a picture" not in sender.text
    first = HeldFile.objects.first()
    with django_capture_on_commit_callbacks(execute=True):
        sender.post(**{"drop": f"hole:{first.name}", "q:words": "kept"})
    assert sender.status == 200 and 'value="kept"' in sender.text and "Choose a picture" in sender.text
    assert HeldFile.objects.count() == 1 and not first.file.storage.exists(first.file.name)
    stranger = Sender()
    stranger.post(drop=f"hole:{HeldFile.objects.get().name}")
    for odd in ("hole:", "hole", ":", "words:x", "hole:" + "x" * 500):
        sender.post(drop=odd)
    assert HeldFile.objects.count() == 1


@pytest.mark.django_db
def test_what_is_no_answer_any_more_goes(django_capture_on_commit_callbacks):
    published(ASKS)
    sender = Sender()
    sender.answer(go=None, give="plan", hole=picture(), plan=text())
    assert len(sender.stored) == 2
    sender.answer(words="w", more="no")
    sender.answer(go="check")
    with django_capture_on_commit_callbacks(execute=True):
        sender.post(send="1")
    assert AnswerFile.objects.get().question == "hole" and not HeldFile.objects.exists()
    # Put aside and deleted; put aside and over.
    deleted, late = Sender(), Sender()
    for one in (deleted, late):
        one.answer(go="aside", hole=picture())
    names = [(row.file.storage, row.file.name) for row in HeldFile.objects.all()]
    assert len(names) == 2
    with django_capture_on_commit_callbacks(execute=True):
        deleted.post(delete="1")
    assert HeldFile.objects.count() == 1 and files.sweep() == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.delete_expired(now=timezone.now() + timedelta(days=31)) == 1
    assert not HeldFile.objects.exists() and not any(storage.exists(name) for storage, name in names)


@pytest.mark.django_db
def test_files_go_with_a_response_that_is_withdrawn_or_deleted(django_capture_on_commit_callbacks):
    published(ASKS | {"settings": {"anonymous": False}}, anonymous=False)
    for _ in range(2):
        sender = Sender()
        sender.answer(words="w", hole=[picture(), picture("b.png")])
        sender.answer(go="check")
        sender.post(send="1")
    assert {row.name for row in Attachment.objects.all()} == {"李雷的手机.png", "b.png"}
    names = [(row.file.storage, row.file.name) for row in Attachment.objects.all()]
    first, second = Submission.objects.order_by("pk")
    from engage.accounts.actors import ReceiptHolder

    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw(first.pk, ReceiptHolder(first.pk))
    assert AnswerFile.objects.count() == Attachment.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        Response.objects.get(pk=second.pk).delete()
    assert not AnswerFile.objects.exists() and not Attachment.objects.exists()
    assert len(names) == 4 and not any(storage.exists(name) for storage, name in names)


@pytest.mark.django_db
def test_a_lost_file_is_said_and_nothing_is_sent():
    published(ASKS)
    sender = Sender()
    sender.answer(words="w", hole=picture())
    sender.answer(go="check")
    row = HeldFile.objects.get()
    row.file.storage.delete(row.file.name)
    sender.post(send="1")
    assert sender.status == 422 and "A file that you gave is not there any more" in sender.text
    assert not Response.objects.exists() and SavedResponse.objects.exists()


@pytest.mark.django_db
def test_staff_reach_no_file_of_an_answer_by_the_door_of_other_files():
    published(ASKS)
    sender = Sender()
    sender.answer(words="w", hole=picture())
    sender.answer(go="check")
    sender.post(send="1")
    sent = Submission.objects.get()
    path = f"/en/track/{sent.reference}/files/{Attachment.objects.get().pk}/"
    for role in (Role.OFFICER, Role.ANALYST, Role.ADMINISTRATOR):
        client = staff_client(role)
        assert client.get(path).status_code == 404
        user = User.objects.get(pk=client.session["_auth_user_id"])
        assert AnswerFile.objects.visible_to(user).exists() is (role == Role.ADMINISTRATOR)


@pytest.mark.django_db
def test_the_gate_lets_files_pass_and_refuses_kinds_that_nobody_takes():
    version = published(ASKS)
    assert {gap.code for gap in building.gaps(version)} <= {"texts_missing"}
    version.definition = definition(page("p", question("film", "file", accept=["video/*"])))
    del version.parsed
    gaps = [gap for gap in building.gaps(version) if gap.code == "accept_nothing"]
    assert [gap.path for gap in gaps] == ["/pages/0/items/0/accept"] and "film" in building.gap_sentence(gaps[0])


OPENED = definition(
    page(
        "first",
        question("broken", "single", options=options("yes", "no")),
        question("hole", "photo", relevant="${broken} = 'yes'", max_files=2),
    ),
    page("last", question("end", "text")),
)


@pytest.mark.django_db
def test_a_file_for_what_a_script_has_just_shown_is_taken_and_one_that_stood_nowhere_is_not():
    published(OPENED)
    sender = Sender()
    assert 'enctype="multipart/form-data"' in sender.text and "q-hole" not in sender.text
    sender.answer(broken="no", hole=picture())
    assert not HeldFile.objects.exists() and "Question end" in sender.text
    sender.get(sender.url.replace("/2/", "/1/"))
    sender.post(go="next", asked=["broken", "hole"], **{"q:broken": "yes", "q:hole": picture()})
    assert "Question end" in sender.text and HeldFile.objects.count() == 1
    saved = codes.unseal(SavedResponse.objects.get().sealed, sender.url.split("/")[-3])
    assert saved["answers"]["hole"] == [HeldFile.objects.get().name]


@pytest.mark.django_db
def test_a_look_takes_no_file_and_shows_those_that_were_given():
    published(OPENED)
    sender = Sender()
    sender.post(go="aside", asked=["broken", "hole"], **{"q:broken": "yes", "q:hole": picture("hole.png")})
    page = sender.url.replace("/aside/", "/1/")
    sent = {"q:broken": "yes", "asked": ["broken", "hole"], "q:hole": picture("other.png")}
    looked = Client().post(f"{page}look/", sent).content.decode()
    assert "hole.png" in looked and "other.png" not in looked
    assert HeldFile.objects.count() == 1


@pytest.mark.django_db
def test_a_form_that_is_sent_twice_gives_its_file_once_and_what_stood_nowhere_is_not_taken():
    published(ASKS)
    sender = Sender()
    twice = picture()
    sender.answer(go="", give="hole", hole=twice)
    twice.seek(0)
    sender.answer(go="", give="hole", hole=twice)
    assert len(sender.stored) == 1 and "were left out" not in sender.text
    sender.post(give="hole", asked="other", **{"q:hole": text("more.txt")})
    assert len(sender.stored) == 1
