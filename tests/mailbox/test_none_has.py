"""What no rival has: each promise by itself, through the pages and actions that keep it.

2, 3 and 6 (late holiday, fair resend, handover proof) are in test_fairness.py, 12 (the slip) in test_counter.py.
"""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from engage.accounts.actors import SYSTEM, ReceiptHolder
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation import wallet
from engage.participation.models import Attachment, Consent, Contact, OutgoingMail
from engage.participation.receipts import enqueue_receipt_mail
from mailbox import actions
from mailbox.actions import DraftWords, Given
from mailbox.kinds import KINDS
from mailbox.models import Case, CaseClock, Message, Notice, Party
from tests.accounts.people import browser
from tests.mailbox import factories
from tests.mailbox.factories import NOW, House, answered, handed_in, house, later, sender, taken_on
from tests.mailbox.test_vectors import KIND_OF, Walk, vectors
from tests.participation.factories import envelope

pytestmark = pytest.mark.django_db
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


# What a file of this process says: other processes put theirs into the same folder meanwhile.
MARK = f"FILE-OF-{uuid4().hex}"


@pytest.fixture
def place() -> House:
    return house()


# --- 1: date proof ---------------------------------------------------------------------------------------------------


def listed_exceptions(page: str) -> list[str]:
    """Return the days that a page about a day calls days off or make-up days, as the examples write them."""
    row = r'<tr><th scope="row"><time datetime="([^"]+)">.*?<td data-l="[^"]*">([^<]*)</td></tr>'
    found = []
    for day, why in re.findall(row, page):
        if "public holiday" in why:
            found.append(f"-{date.fromisoformat(day):%m-%d}")
        elif "a day off that is worked" in why:
            found.append(f"+{date.fromisoformat(day):%m-%d}")
    return found


def test_the_page_about_a_day_lists_exactly_the_exceptions_of_every_example(place):
    client = browser(place.head)
    compared = 0
    for row, vector in vectors():
        walk = Walk(place, vector, KIND_OF[row["kind"]])
        for event in vector.events:
            walk.take(event)
        walk.open_target()
        clock = walk.case.clocks.filter(target=vector.target).last()
        Case.objects.filter(pk=walk.case.pk).update(reviewer=place.root)
        address = reverse("desk_case_clock", args=[walk.case.pk, clock.pk])
        page = client.get(address).content.decode()
        assert f"<b>{_said(vector.due)}</b>" in html.unescape(page), vector.id
        assert listed_exceptions(page) == row["weekday_exceptions"].split(), vector.id
        compared += 1
    assert compared >= 25


def _said(day: date) -> str:
    with translation.override("en"):
        return date_format(day, "DATE_FORMAT")


# --- 5: another kind without loss -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["grievance", "information_request"])
def test_another_kind_keeps_reference_thread_files_and_consent_and_shows_both_clocks(place, kind):
    made = factories.case("letter", may_publish=True)
    actions.add_message(made.pk, "还有一件事。", actor=sender(made), now=NOW)
    file = stored(made)
    consents = Consent.objects.filter(submission=made.submission).count()
    reference, received, title = made.reference, made.received_at, made.title
    moved = actions.move_case(made.pk, kind=kind, words="按另一种方式办理", actor=place.clerk, now=later(NOW))
    assert (moved.reference, moved.received_at, moved.title) == (reference, received, title)
    assert [one.text for one in moved.messages.all()] == ["水管坏了，没有人来修。", "还有一件事。"]
    assert moved.submission.attachments.get() == file and moved.may_publish
    assert Consent.objects.filter(submission=moved.submission).count() == consents
    assert moved.submission.contact.name == "李梅"
    targets = set(moved.clocks.values_list("target", flat=True))
    opened = {effect.target for effect in KINDS[kind].opening}
    assert "final_reply" in targets and opened <= targets and moved.clocks.count() == 1 + len(opened)
    with translation.override("en"):
        page = html.unescape(browser(place.clerk).get(reverse("desk_case", args=[moved.pk])).content.decode())
    assert "no longer owed" in page and reference in page
    proof = moved.clocks.filter(stopped_at=None).first()
    assert browser(place.clerk).get(reverse("desk_case_clock", args=[moved.pk, proof.pk])).status_code == 200


def stored(case: Case) -> Attachment:
    row = Attachment(
        submission=case.submission,
        name="李梅的申请.png",
        media_type="image/png",
        size=len(PIXEL),
        sha256="0" * 64,
        state=Attachment.State.CLEAN,
    )
    row.file.save("scan.png", SimpleUploadedFile("scan.png", PIXEL + MARK.encode()), save=False)
    row.save()
    return row


# --- 8: answer coverage -----------------------------------------------------------------------------------------------


def test_approving_is_refused_while_one_question_has_no_answer_and_no_reason_why_not(place):
    made = taken_on(place)
    draft = handed_in(place, made)
    questions = actions.set_questions(made.pk, ["何时修好？", "谁来赔偿？"], actor=place.officer)

    def approve() -> None:
        actions.approve_draft(made.pk, sha256=draft.sha256, actor=place.approver, now=NOW)

    with pytest.raises(Refused, match="question_open") as refused:
        approve()
    assert refused.value.values["numbers"] == "1, 2"
    actions.settle_question(questions[0].pk, answered=True, actor=place.officer)
    with pytest.raises(Refused, match="question_because_missing"):
        actions.settle_question(questions[1].pk, answered=False, actor=place.officer)
    with pytest.raises(Refused, match="question_open"):
        approve()
    actions.settle_question(questions[1].pk, answered=False, because="由法院决定", actor=place.officer)
    approve()
    made.refresh_from_db()
    assert made.state == "approved"


# --- 10: anonymous is really so ---------------------------------------------------------------------------------------

NAME, SIGNATURE, EMAIL, PHONE = "欧阳沐晴", "河东老街坊", "muqing.ouyang@example.org", "13912345678"
ADDRESS, SPEAKER, IP = "临河市河东路八十八号三单元", "司马若云", "203.0.113.77"
NEEDLES = (NAME, SIGNATURE, EMAIL, PHONE, ADDRESS, SPEAKER, IP, MARK, "李梅的申请")


def stored_files() -> set[Path]:
    """Every file of the site's storages."""
    roots = [Path(storages[name].location) for name in ("private", "default")]
    return {path for root in roots for path in root.rglob("*") if path.is_file()}


def everything(but: set[Path]) -> str:
    """All that the database says, sealed columns opened, and every byte of every stored file but those of others."""
    found = []
    for model in apps.get_models():
        for row in model._default_manager.all().iterator():
            values = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
            found.append(f"{model._meta.label} {values}")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    for path in stored_files() - but:
        found.append(f"{path.name} {path.read_bytes().decode('utf-8', 'replace')}")
    return "\n".join(found)


def written_by_somebody(place: House, kind: str) -> Case:
    """A case in which the sender's name stands wherever a name can come to stand."""
    from mailbox.desk.actions import write_note
    from mailbox.letterbox.models import PostalAddress

    case = factories.case(
        kind,
        text=f"我是{NAME}，住在{ADDRESS}，电话{PHONE}。水管坏了。",
        title=f"{NAME}家的水管",
        name=NAME,
        email=EMAIL,
        representatives=[actions.Representative(SPEAKER, "speaker@example.org")] if kind == "grievance" else [],
        people=2 if kind == "grievance" else 1,
    )
    case.submission.signature = SIGNATURE
    case.submission.save()
    PostalAddress.objects.create(contact=case.submission.contact, text=ADDRESS)
    contact = case.submission.contact
    contact.phone = PHONE
    contact.save()
    stored(case)
    code = "transfer" if kind == "grievance" else "route"
    actions.take_step(case.pk, code, Given(department=place.water.pk), actor=place.clerk, now=NOW)
    actions.accept_case(case.pk, actor=place.officer, now=NOW)
    actions.add_message(case.pk, f"{NAME}再补充一句。", actor=sender(case), now=NOW)
    other = SPEAKER if kind == "grievance" else NAME
    write_note(case.pk, f"{NAME}打过电话，{PHONE}", actor=place.officer, now=NOW)
    question = actions.set_questions(case.pk, [f"{NAME}问何时修好"], actor=place.officer)[0]
    actions.settle_question(question.pk, because=f"{other}已知", answered=False, actor=place.officer)
    case.refresh_from_db()
    actions.consult(case.pk, department_id=place.roads.pk, question=f"{NAME}家门前的路？", actor=place.officer, now=NOW)
    actions.give_opinion(
        case.consultations.get().pk, text=f"{NAME}家门前已修", agrees=True, actor=place.stranger, now=NOW
    )
    case.refresh_from_db()
    answered(place, case, text=f"{NAME}你好：{ADDRESS}的水管已经修好。署名{SIGNATURE}收到。")
    actions.rate_case(case.pk, score=5, text=f"{NAME}很满意", actor=sender(case), now=later(NOW, 60))
    return case


@pytest.mark.parametrize("kind", ["letter", "grievance"])
def test_after_the_time_nothing_in_database_or_files_says_who_it_was(
    place, settings, django_capture_on_commit_callbacks, kind
):
    others = stored_files()
    visitor = Client(REMOTE_ADDR=IP)
    visitor.post("/zh/write/letter/", {"text": f"我是{NAME}，水管坏了，没有人来修。", "email": EMAIL, "publish": "no"})
    assert visitor.get("/zh/write/mine/check/").status_code == 200
    visitor.post("/zh/write/mine/discard/")
    case = written_by_somebody(place, kind)
    visitor.post("/zh/track/", {"reference": case.reference, "code": "0000-0000-0000"})
    before = everything(others)
    # It does find them while they are there; the file's bytes and names too.
    for needle in (NAME, SIGNATURE, EMAIL, PHONE, ADDRESS, MARK, "李梅的申请"):
        assert needle in before, needle
    after = NOW + timedelta(days=settings.CONTACT_RETENTION_DAYS + 1)
    with django_capture_on_commit_callbacks(execute=True):
        actions.run_due_steps(now=after)
        participation.delete_expired_contacts(now=after, actor=SYSTEM)
        actions.forget_senders(now=after)
    left = everything(others)
    for needle in NEEDLES:
        assert needle not in left, f"{needle}: {left[max(0, left.index(needle) - 300) : left.index(needle) + 100]}"
    assert not Contact.objects.exists() and not Attachment.objects.exists() and not OutgoingMail.objects.exists()
    assert not Party.objects.exclude(contact=None).exists()
    case.refresh_from_db()
    assert case.forgotten_at == after
    # What it was about and how long it took stays.
    assert "水管坏了" in case.messages.first().text
    assert case.clocks.filter(result=CaseClock.Result.MET).exists()
    assert case.submission.reference == case.reference
    assert Notice.objects.filter(case=case, form__in=("answer", "opinion")).get().content["number"]


def test_the_files_leave_the_storage_with_the_transaction(place, settings, django_capture_on_commit_callbacks):
    case = written_by_somebody(place, "letter")
    file = Attachment.objects.get(submission=case.submission).file
    after = NOW + timedelta(days=settings.CONTACT_RETENTION_DAYS + 1)
    with django_capture_on_commit_callbacks(execute=True):
        actions.forget_senders(now=after)
    assert not file.storage.exists(file.name)


def test_what_is_still_handled_keeps_its_files_and_loses_the_name_with_the_contact(place, settings):
    case = taken_on(place, name=NAME, text=f"我是{NAME}，水管坏了。")
    stored(case)
    after = NOW + timedelta(days=settings.CONTACT_RETENTION_DAYS + 1)
    participation.delete_expired_contacts(now=after, actor=SYSTEM)
    assert actions.forget_senders(now=after) == 0
    case.refresh_from_db()
    assert case.forgotten_at is None and case.submission.attachments.count() == 1
    assert NAME not in case.messages.get().text
    actions.withdraw_case(case.pk, actor=ReceiptHolder(case.pk), now=after)
    assert actions.forget_senders(now=after) == 1
    assert case.submission.attachments.count() == 0
    assert actions.forget_senders(now=after) == 0


def test_before_the_time_nothing_is_forgotten(place, settings):
    case = written_by_somebody(place, "letter")
    almost = NOW + timedelta(days=settings.CONTACT_RETENTION_DAYS - 1)
    participation.delete_expired_contacts(now=almost, actor=SYSTEM)
    assert actions.forget_senders(now=almost) == 0
    assert NAME in Message.objects.filter(case=case).first().text


def test_other_rooms_forget_with_a_case(place, settings):
    from mailbox.actions import forgetting

    case = written_by_somebody(place, "letter")
    seen = []
    others, words = list(forgetting._others), list(forgetting._words)
    try:
        forgetting.register_forgetting(lambda pk, clean: seen.append((pk, clean("raw of 欧阳沐晴 and 别名"))))
        forgetting.register_forgetting(words=lambda pk: ["别名"])
        actions.forget_senders(now=NOW + timedelta(days=settings.CONTACT_RETENTION_DAYS + 1))
    finally:
        forgetting._others[:], forgetting._words[:] = others, words
    assert [pk for pk, _text in seen] == [case.pk]
    assert NAME not in seen[0][1] and "别名" not in seen[0][1]


# --- 11: clock honesty ------------------------------------------------------------------------------------------------


def test_no_button_of_any_kind_stops_a_clock_without_an_event_of_the_law_and_a_notice(place):
    """Every step that somebody at the desk may take and that stops or pauses a clock tells the sender."""
    tried = 0
    for machine in KINDS.values():
        for transition in machine.transitions:
            pauses = any(effect.does.value == "mark" for effect in transition.effects)
            ends = any(effect.does.value == "end" and not effect.target for effect in transition.effects)
            if pauses or ends:
                tried += 1
                assert transition.told is not None, (machine.code, transition.code)
    assert tried >= 20
    made = taken_on(place)
    due = made.due
    for act in (
        lambda: actions.assign_case(made.pk, to=None, actor=place.officer, now=NOW),
        lambda: actions.mark_suspect(made.pk, suspect=True, actor=place.officer),
        lambda: actions.tag_cases([made.pk], "水", actor=place.officer, now=NOW),
        lambda: actions.set_questions(made.pk, ["何时？"], actor=place.officer),
        lambda: actions.save_draft(made.pk, DraftWords("稿"), actor=place.officer, now=NOW),
    ):
        act()
        clock = made.clocks.get(target="final_reply")
        assert (clock.due, clock.state) == (due, CaseClock.State.RUNNING)


# --- the lost code ----------------------------------------------------------------------------------------------------


def test_a_lost_code_goes_to_the_address_on_file_and_opens_the_case(place):
    from engage.participation.new_code import mail_link
    from engage.participation.rules import parse_reference

    case = factories.case(email="mei@example.org", language="en")
    mail_link(parse_reference(case.reference))
    letter = OutgoingMail.objects.order_by("pk").last()
    assert letter.contact.email == "mei@example.org"
    link = re.search(r"https?://[^/\s]+(/\S+)", letter.body).group(1)
    client = Client()
    assert client.get(link).status_code == 200
    receipt = client.post(link)
    assert receipt.status_code == 302 and case.reference in receipt.headers["Location"]
    assert case.reference in client.get(receipt.headers["Location"]).content.decode()
    assert client.get(reverse("submission", args=[case.reference])).status_code == 200
    assert wallet.COOKIE in client.cookies
    assert Client().get(link).status_code == 410  # good once


def test_a_lost_code_of_somebody_without_an_address_sends_nothing(place):
    from engage.participation.new_code import mail_link
    from engage.participation.rules import parse_reference

    case = factories.case("letter", email="", name="")
    before = OutgoingMail.objects.count()
    mail_link(parse_reference(case.reference))
    assert OutgoingMail.objects.count() == before


def test_the_receipts_letter_has_the_code_that_opens(place):
    given = envelope(email="mei@example.org", name="李梅")
    case = actions.register_case(actions.NewCase("letter", "水管坏了，没有人来修。"), given, actor=ReceiptHolder(0))
    letter = enqueue_receipt_mail(case.submission, given.code, case.title)
    found = wallet.prove(case.reference, re.search(r"([0-9A-Z]{4}-){2}[0-9A-Z]{4}", letter.body).group())
    assert found is not None and found[0].pk == case.pk
