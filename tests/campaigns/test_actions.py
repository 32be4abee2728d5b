"""Planning, writing, releasing and measuring campaigns: what each action does and what it refuses."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.errors import Refused
from engage.outreach.campaigns import actions, queries
from engage.outreach.campaigns.actions import Dates, TemplateLine
from engage.outreach.campaigns.models import Campaign, DailyReads, PageRead, Task, TaskTemplate
from engage.publishing import gate
from engage.publishing.models import Release, Review
from tests.accounts.people import person
from tests.campaigns.builders import DAY, NINTH, TITLES, planned, published, revision, voice, write, written
from tests.consultations.factories import call

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, 4, tzinfo=UTC)


def refused(code: str):
    return pytest.raises(Refused, match=f"^{code}$")


def change(campaign: Campaign, *, actor, **values) -> Campaign:
    given = {"dates": NINTH, "texts": {}, "department_id": campaign.department_id, "topics": ["elderly-care"]} | values
    return actions.change_campaign(campaign.pk, **given, revision=revision(campaign), actor=actor)


def test_a_campaign_begins_with_three_parts_and_tasks_counted_back_over_days_off():
    campaign = planned()
    assert [part.kind for part in campaign.parts.all()] == ["background", "points", "measures"]
    assert campaign.day == date(2026, 10, 18)
    assert [(task.offset, task.due_on.isoformat()) for task in queries.tasks_of(campaign)] == [
        (-30, "2026-09-18"), (-14, "2026-09-30"), (-7, "2026-10-10"), (0, "2026-10-18"), (14, "2026-11-02"),
    ]  # fmt: skip
    assert campaign.stage(DAY) == "planning"


def test_the_same_form_sent_twice_makes_one_campaign():
    author, token = person(Role.EDITOR), uuid.uuid4()
    assert planned(author, slug="one", token=token) == planned(author, slug="one", token=token)
    with refused("campaign_slug_taken"):
        planned(author, slug="one")
    assert Campaign.objects.count() == 1


def test_with_another_day_open_tasks_move_and_done_ones_stay():
    author = person(Role.EDITOR)
    campaign = planned(author)
    first, *others = queries.tasks_of(campaign)
    actions.mark_task(first.pk, done=True, now=NOW, actor=author)
    change(campaign, actor=author, dates=Dates(observance="double_ninth", year=2025))
    first.refresh_from_db()
    assert (first.due_on, first.done_by) == (date(2026, 9, 18), author)
    moved = [Task.objects.get(pk=task.pk).due_on.isoformat() for task in others]
    # Double Ninth 2025 was Wednesday 29 October; T-14 15 October, T-7 22 October, T+14 12 November are worked days.
    assert moved == ["2025-10-15", "2025-10-22", "2025-10-29", "2025-11-12"]
    actions.mark_task(first.pk, done=False, now=NOW, actor=author)
    first.refresh_from_db()
    assert (first.due_on.isoformat(), first.done_at) == ("2025-09-29", None)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"dates": Dates()}, "campaign_date_missing"),
        ({"dates": Dates(observance="qingming", year=2101)}, "calendar_year_out_of_range"),
        ({"dates": Dates(observance="qingming", year=1899)}, "calendar_year_out_of_range"),
        ({"dates": Dates(day=date(2026, 5, 1), before=400)}, "campaign_days_wrong"),
        ({"texts": {"en": {"title": " "}}}, "campaign_title_missing"),
        ({"texts": {"fr": {"title": "x"}}}, "campaign_unknown_text"),
        ({"texts": {"en": {"title": "x" * 121}}}, "campaign_text_too_long"),
        ({"topics": ["nothing"]}, "campaign_topic_unknown"),
        ({"department_id": 999_999}, "campaign_department_gone"),
        ({"template_id": 999_999}, "template_gone"),
        ({"slug": "No Address"}, "campaign_slug_wrong"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_and_leaves_nothing(values, code):
    with refused(code):
        planned(**values)
    assert not Campaign.objects.exists()


def test_a_list_without_tasks_begins_no_campaign_and_cannot_be_written():
    empty = TaskTemplate.objects.create(name_zh="空", name_en="Empty", valid_from=date(2020, 1, 1))
    with refused("template_empty"):
        planned(template_id=empty.pk)
    over = TaskTemplate.objects.create(
        name_zh="旧", name_en="Old", valid_from=date(2020, 1, 1), valid_to=date(2020, 2, 1)
    )
    with refused("template_gone"):
        planned(template_id=over.pk)
    given = {"name_zh": "x", "name_en": "y", "valid_from": date(2026, 1, 1), "valid_to": None}
    editor = person(Role.EDITOR)
    with refused("template_empty"):
        actions.write_template(None, **given, lines=[], actor=editor)
    made = actions.write_template(None, **given, lines=[TemplateLine("准备", "Prepare", -5)], actor=editor)
    actions.write_template(made.pk, **given, lines=[TemplateLine("推送", "Push", 0, exact=True)], actor=editor)
    assert [(task.title_en, task.exact) for task in made.tasks.all()] == [("Push", True)]


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.OFFICER, Role.APPROVER, Role.ANALYST, Role.REVIEWER_LEGAL, None])
def test_only_editors_write(role):
    author = person(Role.EDITOR)
    campaign = written(author)
    actor = person(role) if role else ANYONE
    part, task = campaign.parts.first(), campaign.tasks.first()
    given = {"revision": revision(campaign), "actor": actor}
    attempts = [
        lambda: planned(actor),
        lambda: change(campaign, actor=actor),
        lambda: actions.add_part(campaign.pk, "case", **given),
        lambda: actions.write_part(part.pk, texts={}, dated=None, **given),
        lambda: actions.link_part(part.pk, source="call", key="x", **given),
        lambda: actions.move_part(part.pk, up=False, **given),
        lambda: actions.remove_part(part.pk, **given),
        lambda: actions.add_task(campaign.pk, title_zh="x", title_en="y", offset=1, actor=actor),
        lambda: actions.mark_task(task.pk, done=True, now=NOW, actor=actor),
        lambda: actions.assign_task(task.pk, owner_id=None, actor=actor),
        lambda: actions.remove_task(task.pk, actor=actor),
        lambda: actions.set_targets(campaign.pk, {"site": 1}, actor=actor),
        lambda: actions.hand_in(campaign.pk, now=NOW, actor=actor),
        lambda: actions.write_template(
            None, name_zh="x", name_en="y", valid_from=DAY, valid_to=None, lines=[TemplateLine("x", "y", 1)],
            actor=actor,
        ),
    ]  # fmt: skip
    for attempt in attempts:
        with refused("not_allowed"):
            attempt()
    before = (campaign.revision, campaign.tasks.count(), campaign.parts.count())
    campaign.refresh_from_db()
    assert (campaign.revision, campaign.tasks.count(), campaign.parts.count()) == before


def test_a_form_that_was_open_meanwhile_is_refused():
    author = person(Role.EDITOR)
    campaign = written(author)
    part = campaign.parts.first()
    with refused("campaign_changed_meanwhile"):
        actions.write_part(part.pk, texts={}, dated=None, revision=0, actor=author)


@pytest.mark.parametrize(
    ("kind", "values", "code"),
    [
        ("case", {"texts": {"en": {"body": "x" * 20_001}}}, "campaign_text_too_long"),
        ("case", {"texts": {"en": {"interest": "x"}}}, "campaign_unknown_text"),
        ("case", {"texts": {"fr": {"body": "x"}}}, "campaign_unknown_text"),
        ("link", {"url": "javascript:alert(1)"}, "campaign_address_wrong"),
    ],
)
def test_words_that_a_part_cannot_have_are_refused(kind, values, code):
    author = person(Role.EDITOR)
    campaign = planned(author)
    part = actions.add_part(campaign.pk, kind, revision=revision(campaign), actor=author)
    with refused(code):
        write(part, author=author, **values)


def test_parts_are_added_once_where_there_is_one_ordered_and_removed():
    author = person(Role.EDITOR)
    campaign = planned(author)
    case = actions.add_part(campaign.pk, "case", revision=revision(campaign), actor=author)
    actions.add_part(campaign.pk, "audience", revision=revision(campaign), actor=author)
    for kind, code in (("audience", "part_there"), ("points", "part_there"), ("nonsense", "part_kind_wrong")):
        with refused(code):
            actions.add_part(campaign.pk, kind, revision=revision(campaign), actor=author)
    actions.move_part(case.pk, up=True, revision=revision(campaign), actor=author)
    assert [part.kind for part in campaign.parts.all()] == ["background", "points", "case", "measures", "audience"]
    with refused("part_required"):
        actions.remove_part(campaign.parts.first().pk, revision=revision(campaign), actor=author)
    actions.remove_part(case.pk, revision=revision(campaign), actor=author)
    assert campaign.parts.count() == 4


def test_a_part_points_to_what_everybody_may_read_and_to_nothing_else():
    author, shown, hidden = person(Role.EDITOR), call(), call(live=False)
    campaign = written(author, kinds=("link",))
    part = campaign.parts.get(kind="link")
    for source, key in (("call", hidden.slug), ("call", "nothing"), ("nothing", shown.slug)):
        with refused("part_link_unknown"):
            actions.link_part(part.pk, source=source, key=key, revision=revision(campaign), actor=author)
    actions.link_part(part.pk, source="call", key=shown.slug, revision=revision(campaign), actor=author)
    link = next(p["link"] for p in queries.build(campaign).content["parts"] if p["id"] == part.pk)
    assert set(link["urls"].values()) <= {f"/zh/c/{shown.slug}/", f"/en/c/{shown.slug}/"}
    assert link["urls"]
    write(part, author=author)
    part.refresh_from_db()
    assert not part.is_linked


def test_the_gate_releases_exactly_what_was_signed_and_the_public_reads_only_that():
    author = person(Role.EDITOR)
    campaign = written(author, kinds=("message", "audience"))
    assert queries.published(campaign.slug, actor=ANYONE) is None
    release = actions.hand_in(campaign.pk, now=NOW, actor=author)
    names = set(release.forms.values_list("name", flat=True))
    kinds = ("page", "feed", "event", "api")
    assert names == {f"{kind}:{language}" for kind in kinds for language in ("zh-hans", "en")}
    assert queries.campaign_of(campaign.pk, actor=author).in_review
    _sign(release)
    campaign.refresh_from_db()
    assert campaign.published_at is not None
    part = campaign.parts.first()
    write(part, author=author, texts={"en": {"body": "Not signed by anybody."}})
    read = queries.published(campaign.slug, actor=ANYONE)
    assert "Not signed" not in str(read.content)
    again = actions.hand_in(campaign.pk, now=NOW, actor=author)
    assert again.pk != release.pk
    assert "Not signed" not in str(queries.published(campaign.slug, actor=ANYONE).content)


def _sign(release: Release) -> None:
    from engage.publishing import actions as publishing

    roles = {"head": Role.APPROVER, "legal": Role.REVIEWER_LEGAL, "openness": Role.REVIEWER_OPENNESS,
             "secrecy": Role.REVIEWER_SECRECY}  # fmt: skip
    for review in release.reviews.filter(state=Review.State.WAITING):
        release.refresh_from_db()
        publishing.decide(
            review.pk, "open", content_hash=release.content_hash, now=NOW, actor=person(roles[review.key])
        )


def test_an_edit_in_review_voids_what_was_signed_and_a_task_voids_nothing():
    from engage.publishing import actions as publishing

    author = person(Role.EDITOR)
    campaign = written(author)
    release = actions.hand_in(campaign.pk, now=NOW, actor=author)
    review = release.reviews.get(key="head")
    publishing.decide(review.pk, "open", content_hash=release.content_hash, now=NOW, actor=person(Role.APPROVER))
    actions.add_task(campaign.pk, title_zh="x", title_en="y", offset=1, actor=author)
    review.refresh_from_db()
    assert review.state == Review.State.DECIDED
    change(campaign, actor=author, texts=TITLES | {"en": {"title": "Another title"}})
    review.refresh_from_db()
    assert review.state == Review.State.VOID


def test_a_writer_cannot_sign_and_gaps_are_named_at_the_gate():
    from engage.publishing import actions as publishing

    author = person(Role.EDITOR, Role.APPROVER)
    campaign = planned(author)
    with refused("release_incomplete"):
        actions.hand_in(campaign.pk, now=NOW, actor=author)
    for part in campaign.parts.all():
        write(part, author=author)
    release = actions.hand_in(campaign.pk, now=NOW, actor=author)
    review = release.reviews.get(key="head")
    with refused("sign_off_own"):
        publishing.decide(review.pk, "open", content_hash=release.content_hash, now=NOW, actor=author)


def test_a_campaign_with_words_in_one_language_is_not_handed_in():
    author = person(Role.EDITOR)
    campaign = written(author, texts={"zh-hans": TITLES["zh-hans"]})
    with refused("release_incomplete") as refusal:
        actions.hand_in(campaign.pk, now=NOW, actor=author)
    assert len(refusal.value.values["lacks"]) == 1


def test_words_to_a_campaign_come_once_and_only_where_it_asks():
    campaign, silent = published(), published(kinds=())
    made, submission, _code = voice(campaign)
    assert (made.moderation_state, submission.letter) == ("held", "V")
    with refused("campaign_gone"):
        voice(silent)
    with refused("campaign_gone"):
        voice(written(kinds=("audience",)))
    with refused("voice_too_short"):
        voice(campaign, "好")
    assert queries.voices(campaign, actor=ANYONE) == []
    made, *_ = voice(campaign, "电话 13800138000，谢谢。", public=True)
    assert "13800138000" not in queries.voices(campaign, actor=ANYONE)[0].text


def test_reads_are_folded_into_days_once():
    campaign = planned()
    for day, language, n in ((DAY, "en", 2), (DAY, "zh-hans", 3), (DAY + timedelta(days=1), "en", 1)):
        for _time in range(n):
            actions.count_read(campaign.pk, language=language, day=day)
    assert actions.fold_reads() == 6
    assert actions.fold_reads() == 0
    actions.count_read(campaign.pk, language="en", day=DAY)
    actions.fold_reads()
    assert not PageRead.objects.exists()
    found = DailyReads.objects.values_list("day", "language", "n")
    assert set(found) == {(DAY, "en", 3), (DAY, "zh-hans", 3), (DAY + timedelta(days=1), "en", 1)}


def test_a_report_is_finished_after_the_last_day_and_then_keeps_its_figures():
    campaign = published()
    analyst = person(Role.ANALYST)
    over = datetime(2026, 11, 2, 4, tzinfo=UTC)
    actions.write_wave(campaign.pk, phase="before", held_on=DAY, asked=100, aware=30, method="", actor=analyst)
    with refused("campaign_not_over"):
        actions.finish_report(campaign.pk, now=over - timedelta(days=1), actor=analyst)
    with refused("not_allowed"):
        actions.finish_report(campaign.pk, now=over, actor=person(Role.APPROVER))
    actions.finish_report(campaign.pk, now=over, actor=analyst)
    campaign.refresh_from_db()
    assert campaign.stage(DAY) == "reported"
    for late in (
        lambda: actions.finish_report(campaign.pk, now=over, actor=analyst),
        lambda: actions.write_wave(campaign.pk, phase="after", held_on=DAY, asked=9, aware=1, method="", actor=analyst),
        lambda: actions.remove_wave(campaign.pk, "before", actor=analyst),
    ):
        with refused("report_finished"):
            late()
    actions.count_read(campaign.pk, language="en", day=DAY + timedelta(days=25))
    actions.fold_reads()
    assert queries.report_of(campaign, "en", now=timezone.now()).reads == []


def test_targets_and_surveys_that_cannot_be_are_refused():
    campaign, editor = planned(), person(Role.EDITOR)
    for targets, code in (({"nothing": 5}, "campaign_channel_unknown"), ({"site": 0}, "campaign_target_wrong")):
        with refused(code):
            actions.set_targets(campaign.pk, targets, actor=editor)
    given = {"held_on": DAY, "method": "", "actor": editor}
    with refused("wave_wrong"):
        actions.write_wave(campaign.pk, phase="before", asked=5, aware=6, **given)
    with refused("wave_phase_wrong"):
        actions.write_wave(campaign.pk, phase="never", asked=5, aware=2, **given)


def test_what_is_taken_down_is_gone_at_once():
    campaign = published()
    actions.unpublish(campaign, now=NOW, actor=SYSTEM)
    assert queries.published(campaign.slug, actor=ANYONE) is None
    assert gate.release_of(actions.KIND, campaign) is not None
