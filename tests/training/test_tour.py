"""A new clerk completes the guided tour on the demo's content; the real site is byte for byte what it was before."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from consultations.coding.models import Theme
from consultations.models import Comment
from engage.accounts.actors import Role
from engage.outreach.press.models import Release
from engage.publishing import gate
from engage.training import places, registry
from engage.training.isolation import inside
from engage.training.models import DoneStep
from tests.accounts.people import person, sign_in
from tests.consultations.factories import call, comment
from tests.health.traces import traces
from tests.training.test_isolation import KEPT_OF_PRACTICE, MODERATION, body

pytestmark = pytest.mark.django_db
PUBLIC = (
    "/api/v1/consultations/",
    "/api/v1/status/",
    "/zh/journal/",
    "/zh/c/real/",
    "/zh/c/real/comments/",
    "/zh/c/real/evidence/",
    "/zh/search/?q=%E5%9B%BE%E4%B9%A6%E9%A6%86",
)


class Clerk:
    """A person at the desk who follows the tour."""

    def __init__(self, *roles: Role) -> None:
        self.user = person(*roles)
        self.browser = sign_in(Client(), self.user)
        self.browser.cookies["django_language"] = "en"
        assert self.browser.post("/desk/help/enter/").status_code == 302

    def steps(self) -> dict[tuple[str, str], str]:
        """Return the address of each step as the page of the tour gives it."""
        context = self.browser.get("/desk/help/").context
        return {(shown.task.code, step.step.code): step.url for shown in context["tour"] for step in shown.steps}

    def page(self, address: str) -> str:
        answer = self.browser.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        assert 'class="practice-bar"' in body(answer)
        return body(answer)

    def press(self, address: str, **fields):
        answer = self.browser.post(address, fields)
        assert answer.status_code == 302, (address, answer.status_code, body(answer)[:3000])
        return answer

    def look(self, find):
        with inside(places.ready(self.user.pk)):
            return find()


def fields(page: str) -> dict[str, str]:
    """Return what a form of a page would send back as it stands."""
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def moderate(clerk: Clerk, steps) -> None:
    page = clerk.page(steps["moderate", "publish"])
    waiting = re.findall(r'value="publish/([^"]+)"', page)
    clerk.press(f"{MODERATION}act/", act=f"publish/{waiting[0]}")
    clerk.press(f"{MODERATION}act/", act=f"reject/{waiting[1]}", filled="1", reason="off_topic")


def code(clerk: Clerk, steps) -> None:
    desk = steps["code", "three"]
    clerk.page(desk)
    slug = desk.split("/")[3]
    clerk.press(steps["code", "theme"], name="开放时间")
    theme = clerk.look(lambda: Theme.objects.filter(consultation__slug=slug).first().pk)
    todo = clerk.look(
        lambda: list(
            Comment.objects.filter(consultation__slug=slug, points=None).order_by("pk").values_list("pk", flat=True)[:3]
        )
    )
    for comment_id in todo:
        clerk.press(f"{desk}act/", comment=comment_id, edited="", do=f"apply:{theme}")
    decide = reverse("coding_decide", args=[slug, "theme", theme])
    clerk.page(decide)
    clerk.press(decide, disposition="adopted", current="", reason_zh="采纳。", reason_en="Adopted.")


def petitions(clerk: Clerk, steps) -> None:
    queue = reverse("desk_queue", args=["petitions"])

    def waiting() -> list[str]:
        return re.findall(r'value="open/([^"]+)"', clerk.page(steps["petitions", "publish"]))

    first, *_others = waiting()
    clerk.press(f"{queue}act/", act=f"flag/{first}")
    pk, revision = first.split("-")
    clerk.press(f"{queue}act/", act=f"back/{pk}-{int(revision) + 1}")
    for act, more in (("open", {}), ("reject", {"code": "no-action", "note": "请写明由谁来做。"})):
        clerk.press(f"{queue}act/", act=f"{act}/{waiting()[0]}", filled="1", **more)


def import_draft(clerk: Clerk, steps) -> None:
    clerk.page(steps["import", "import"])
    sample = next(task for task in registry.tasks() if task.code == "import").steps[0].sample()
    reviewed = clerk.browser.post(steps["import", "import"], {"text": sample})
    assert reviewed.status_code == 200
    kept = {name: reviewed.context[name] for name in ("text", "source", "purpose")} | {"keep": "1"}
    clerk.press(reverse("draft_review"), language="zh-hans", **kept)


def hand_in(clerk: Clerk, steps) -> None:
    editor = steps["hand-in", "write"]
    form = clerk.browser.get(editor).context["form"]
    given = {
        form.add_prefix(name): value if value is not None else ""
        for name, value in ((name, form.get_initial_for_field(field, name)) for name, field in form.fields.items())
    }
    given["department"] = getattr(given["department"], "pk", given["department"])
    clerk.press(editor, **{name: value for name, value in given.items() if value not in ("", [])})
    clerk.page(steps["hand-in", "preflight"])
    release = clerk.look(lambda: Release.objects.get(slug="practice-hand-in"))
    clerk.press(reverse("press_submit", args=[release.pk]), revision=release.revision)


def review(clerk: Clerk, steps) -> None:
    for code, decision, more in (("sign", "open", {"read": "on"}), ("return", "return", {"comment": "删去手机号。"})):
        address = steps["review", code]
        page = clerk.browser.get(address)
        assert page.status_code == 200
        pk = int(address.rstrip("/").rpartition("/")[2])
        mine = page.context.get("mine")
        sent = fields(body(page)) | {"decision": decision} | more
        if mine is not None:
            sent["review"] = mine.pk
        clerk.press(reverse("release_decide", args=[pk]), **sent)


@pytest.mark.sqlite_only
def test_a_new_clerk_completes_the_tour_and_the_real_site_knows_nothing_of_it(demo_practice, settings):
    settings.EMAIL_BACKEND, settings.POST_BACKEND = "engage.training.post.backend", settings.EMAIL_BACKEND
    comment(call(slug="real"), email="resident@example.org")
    everybody = Client()
    clerk = Clerk(Role.OFFICER, Role.EDITOR, Role.APPROVER)
    before, read = traces(without=KEPT_OF_PRACTICE), [everybody.get(address).content for address in PUBLIC]
    steps = clerk.steps()
    assert len(steps) == sum(len(task.steps) for task in registry.tasks_for(clerk.user)) == 14
    for way in (moderate, petitions, code, import_draft, hand_in, review):
        way(clerk, steps)
    context = clerk.browser.get("/desk/help/").context
    missing = [
        (shown.task.code, step.step.code) for shown in context["tour"] for step in shown.steps if not step.is_done
    ]
    assert missing == [] and "Tour completed" in body(clerk.browser.get("/desk/help/"))
    assert (
        clerk.look(lambda: gate.release_of("press_release", Release.objects.get(slug="practice-hand-in"))) is not None
    )
    assert traces(without=KEPT_OF_PRACTICE) == before
    clerk.browser.post("/desk/help/leave/")
    assert [strip_tokens(everybody.get(address).content) for address in PUBLIC] == [strip_tokens(one) for one in read]
    # A fresh copy, and the tour is still completed.
    clerk.browser.post("/desk/help/anew/")
    assert clerk.look(lambda: Release.objects.filter(slug="practice-hand-in").count()) == 1
    assert "Tour completed" in body(clerk.browser.get("/desk/help/"))
    assert DoneStep.objects.filter(user=clerk.user).count() == 14


def strip_tokens(page: bytes) -> bytes:
    """Leave out what differs between two readings of one page: tokens, and the moment at which it was read."""
    page = re.sub(rb'name="(csrfmiddlewaretoken|token|opened)" value="[^"]*"', b"", page)
    return re.sub(rb'"at": ?"[^"]*"', b"", page)
