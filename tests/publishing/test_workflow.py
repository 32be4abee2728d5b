"""Wagtail's workflow and the gate: handing in, deciding, changing in the editor, and the desk moving the editor on."""

from itertools import count

import pytest
from django.urls import reverse
from wagtail.models import Page, TaskState, Workflow, WorkflowState

from engage.accounts.actors import SYSTEM, Role
from engage.errors import Refused
from engage.pages.gate import release_page
from engage.pages.models import HomePage, SectionPage
from engage.publishing import actions, gate, studio, workflow
from engage.publishing.models import Release, Review, ReviewTask
from tests.publishing.gated import Desk
from tests.publishing.test_gate import person

pytestmark = pytest.mark.django_db
KEYS = ("head", "legal", "openness", "secrecy")
_number = count(1)


class Editing(Desk):
    """A page of the site, written by an editor, and everybody who may sign it."""

    def __init__(self) -> None:
        super().__init__()
        home = HomePage.objects.get(locale__language_code="en")
        section = SectionPage(
            title="News", slug=f"news-{next(_number)}", intro="First words.", live=False, owner=self.editor
        )
        self.page = home.add_child(instance=section)
        self.page.save_revision(user=self.editor)

    @property
    def edit(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[self.page.pk])

    def fields(self, **changed) -> dict[str, str]:
        management = {f"comments-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
        fields = {"title": "News", "slug": self.page.slug, "intro": "First words.", "comments-MAX_NUM_FORMS": ""}
        return management | fields | changed

    def hand_in(self, **options) -> Release:
        self.page.refresh_from_db()
        return gate.request("page", self.page.specific, actor=self.editor, now=self.now(), **options)

    @staticmethod
    def now():
        from django.utils import timezone

        return timezone.now()

    def act(self, key: str, action: str, **fields):
        state = self.state().current_task_state
        address = reverse("wagtailadmin_pages:workflow_action", args=[self.page.pk, action, state.pk])
        return self.client(key).post(address, fields, follow=True)

    def state(self) -> WorkflowState:
        return WorkflowState.objects.for_instance(self.page).order_by("pk").last()

    def at(self) -> str:
        """The key whose turn it is in the editor."""
        return self.state().current_task_state.task.specific.key

    def live_words(self) -> str:
        page = SectionPage.objects.get(pk=self.page.pk)
        return page.intro if page.live else ""


@pytest.fixture
def editing() -> Editing:
    return Editing()


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"]) if response.context else ""


def test_the_workflow_is_planted_once_for_every_page():
    first = workflow.plant()
    assert workflow.plant() == first
    assert Workflow.objects.count() == 1
    assert [task.specific.key for task in first.tasks] == list(KEYS)
    assert Page.objects.get(depth=1).get_workflow() == first
    assert HomePage.objects.first().get_workflow() == first


def test_submitting_in_the_editor_hands_in_and_four_signatures_publish(editing):
    editor = editing.client("editor")
    sent = editor.post(editing.edit, editing.fields(intro="New words.") | {"action-submit": "x"})
    assert sent.status_code == 302
    release = Release.objects.get(kind="page", object_id=editing.page.pk)
    assert release.requested_by == editing.editor
    for key in KEYS:
        assert editing.at() == key
        assert editing.live_words() == ""
        assert editing.act(key, "approve", comment="").status_code == 200
    assert editing.live_words() == "New words."
    release.refresh_from_db()
    assert release.state == Release.State.RELEASED
    assert editing.state().status == WorkflowState.STATUS_APPROVED
    assert release.reviews.get(key="legal").signed == dict(release.forms.values_list("name", "sha256"))


def test_what_is_handed_in_and_signed_on_the_desk_moves_the_editor_on_in_any_order(editing):
    release = editing.hand_in()
    assert editing.at() == "head"
    editing.sign(release, "openness", "legal")
    assert editing.at() == "head"
    editing.sign(release, "head")
    assert editing.at() == "secrecy"
    done = {state.task.specific.key: state for state in editing.state().task_states.all()}
    assert done["legal"].finished_by == editing.people["legal"]
    editing.sign(release, "secrecy")
    assert editing.live_words() == "First words."
    assert editing.state().status == WorkflowState.STATUS_APPROVED


def test_a_change_in_review_voids_what_was_signed_and_says_whose(editing):
    release = editing.hand_in()
    editing.sign(release, "head", "legal")
    stale = editing.state().current_task_state
    answer = editing.client("editor").post(editing.edit, editing.fields(intro="Other words."), follow=True)
    page = answer.content.decode()
    assert str(editing.people["head"]) in page
    assert str(editing.people["legal"]) in page
    assert "no longer stand" in page
    assert editing.at() == "head"
    assert release.reviews.filter(state=Review.State.VOID).count() == 2
    late = reverse("wagtailadmin_pages:workflow_action", args=[editing.page.pk, "approve", stale.pk])
    refused = editing.client("openness").post(late, {"comment": ""}, follow=True)
    assert "It was changed since you opened it" in refused.content.decode()
    assert not release.reviews.filter(key="openness", state=Review.State.DECIDED).exists()
    for key in KEYS:
        editing.act(key, "approve", comment="")
    assert editing.live_words() == "Other words."


def test_a_reviewer_sends_it_back_with_a_comment_and_it_is_handed_in_anew(editing):
    release = editing.hand_in()
    editing.sign(release, "head")
    silent = editing.act("legal", "reject", comment=" ")
    assert "Say what has to change" in silent.content.decode()
    editing.act("legal", "reject", comment="Name the law.")
    release.refresh_from_db()
    assert release.state == Release.State.RETURNED
    assert editing.state().status == WorkflowState.STATUS_NEEDS_CHANGES
    assert "Name the law." in [state.comment for state in editing.state().task_states.all()]
    assert [waiting.title for waiting in studio.came_back(editing.editor)] == ["News"]
    fields = editing.fields(intro="By the law.") | {"action-submit": "x"}
    assert editing.client("editor").post(editing.edit, fields).status_code == 302
    assert studio.came_back(editing.editor) == []
    again = Release.objects.get(number=2)
    for _turn in KEYS:
        key = editing.at()
        editing.act(key, "approve", comment="")
    again.refresh_from_db()
    assert (again.state, editing.live_words()) == (Release.State.RELEASED, "By the law.")


def test_withholding_on_the_desk_sends_the_page_back_in_the_editor(editing):
    release = editing.hand_in()
    editing.sign(release, "secrecy", decision="withhold", basis="保守国家秘密法第十三条")
    assert editing.state().status == WorkflowState.STATUS_NEEDS_CHANGES
    assert editing.state().current_task_state.comment == "保守国家秘密法第十三条"


def test_taking_back_ends_the_workflow_and_stopping_the_workflow_takes_back(editing):
    release = editing.hand_in()
    actions.take_back(release.pk, now=editing.now(), actor=editing.editor)
    assert editing.state().status == WorkflowState.STATUS_CANCELLED
    second = editing.hand_in()
    editing.client("editor").post(editing.edit, editing.fields() | {"action-cancel-workflow": "x"})
    second.refresh_from_db()
    assert second.state == Release.State.TAKEN_BACK
    assert editing.state().status == WorkflowState.STATUS_CANCELLED


def test_an_emergency_needs_the_first_task_alone(editing):
    release = editing.hand_in(emergency="台风红色预警，服务点今晚关闭，须立即告知。")
    editing.act("head", "approve", comment="")
    assert editing.live_words() == "First words."
    assert editing.state().status == WorkflowState.STATUS_APPROVED
    assert release.reviews.filter(afterwards=True, state=Review.State.WAITING).count() == 3


def test_publishing_past_the_gate_ends_in_a_sentence_on_the_page(editing):
    editor = editing.client("editor")
    answer = editor.post(editing.edit, editing.fields(intro="Past the gate.") | {"action-publish": "x"}, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == editing.edit
    assert "only through the release gate" in answer.content.decode()
    assert editing.live_words() == ""
    editing.page.refresh_from_db()
    assert editing.page.get_latest_revision_as_object().intro == "Past the gate."
    finished = Workflow.objects.get()
    with pytest.raises(Refused, match="release_needed"):
        editing.page.get_latest_revision().publish(user=editing.editor)
    assert finished.workflow_states.count() == 0


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ADMINISTRATOR])
def test_everybody_who_edits_is_offered_handing_in_and_nobody_publishing(editing, role):
    client = editing.client(person(role))
    page = client.get(editing.edit).content.decode()
    assert "action-publish" not in page
    assert "action-submit" not in page
    assert 'name="action-hand-in"' in page
    sent = client.post(editing.edit, editing.fields(intro="Mine.") | {"action-hand-in": "x"})
    assert sent.headers["Location"] == reverse("release_hand_in", args=["page", editing.page.pk])
    release_page(editing.page, actor=SYSTEM)
    assert "/unpublish/" in client.get(editing.edit).content.decode()


def test_reviewers_read_and_sign_in_the_editor_and_change_nothing(editing):
    release = editing.hand_in()
    head = editing.client("head")
    page = head.get(editing.edit).content.decode()
    assert page.count("data-review-url") == 3
    assert reverse("release", args=[release.pk]) in page
    head.post(editing.edit, editing.fields(intro="By the reviewer."))
    editing.page.refresh_from_db()
    assert editing.page.get_latest_revision_as_object().intro == "First words."
    not_yet = editing.client("secrecy").get(editing.edit)
    assert not_yet.status_code == 302
    state = editing.state().current_task_state
    assert list(ReviewTask.objects.get(key="head").get_task_states_user_can_moderate(editing.people["head"])) == [
        TaskState.objects.get(pk=state.pk)
    ]
    for other in ("editor", "legal", person(Role.ADMINISTRATOR)):
        address = reverse("wagtailadmin_pages:workflow_action", args=[editing.page.pk, "approve", state.pk])
        assert editing.client(other).post(address, {"comment": ""}).status_code in (302, 403)
    assert not release.reviews.exclude(state=Review.State.WAITING).exists()


def test_several_pages_are_handed_in_and_what_cannot_be_is_named(editing):
    words = {"title": "Other", "slug": f"other-{next(_number)}"}
    other = editing.page.add_child(instance=SectionPage(**words, live=False, owner=editing.editor))
    release_page(other, actor=SYSTEM)
    client = editing.client("editor")
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    query = f"?id={editing.page.pk}&id={other.pk}&next=/studio/pages/"
    page = client.get(address + query).content.decode()
    assert "Hand in for release" in page
    answer = client.post(address + query, {}, follow=True)
    assert "1 page is in review now" in answer.content.decode()
    assert "The public reads exactly this already" in answer.content.decode()
    assert Release.objects.open().get().object_id == editing.page.pk
    assert editing.live_words() == ""


def test_the_first_page_lists_the_reviews_of_a_person(editing):
    editing.hand_in()
    page = editing.client("legal").get(reverse("wagtailadmin_home")).content.decode()
    assert "Reviews waiting for you" in page
    assert "News" in page
    assert reverse("release_desk") in page
    assert [waiting.note[:13] for waiting in studio.reviews(editing.people["legal"])] == ["legal review:"]
    assert studio.reviews(editing.editor) == []
