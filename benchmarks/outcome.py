"""The outcome of a large call: how long it takes to build with 10,000 points, and the memory of a workbook of 100,000.

The comments, points and decisions are written straight into the tables, as the coding desk would leave them; building,
handing in, publishing and the workbook are the product's own code. Each engine has a process of its own; the workbook
has another, whose peak resident memory is measured (getrusage) over all it does, the start of Django included.
"""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import _site
from benchmarks._figures import load_average, report, report_most
from tests.services import NOT_FOR_A_SITE, ROOT

POINTS = int(os.environ.get("OUTCOME_POINTS", "10000"))
COMMENTS = int(os.environ.get("OUTCOME_COMMENTS", "100000"))
ARTICLES, THEMES, PEOPLE_SHARE = 60, 40, 2
MOST_SECONDS, MOST_MB = 10, 300
WORDS = "我认为公示期太短，至少应当延长到十五日，让更多的人看得到、来得及提意见，也请写明由谁答复。"


def draft_text(days: str) -> str:
    """Return a Chinese draft of ARTICLES articles, the given period in every second one."""
    from consultations.drafts.labels import chinese_number

    lines = ["大型征求意见办法（征求意见稿）", ""]
    for number in range(1, ARTICLES + 1):
        period = days if number % 2 else "三十日"
        place = chinese_number(str(number))
        lines.append(f"第{place}条　公示期不少于{period}，由第{place}处负责答复公众意见。")
    return "\n".join(lines) + "\n"


def fill(slug: str, points: int):
    """Make a closed call in which every comment has one point with a theme, and every theme a decision."""
    from datetime import timedelta

    from django.utils import timezone

    from consultations import actions as calls
    from consultations.coding.models import Coding, Decision, Point, Theme
    from consultations.drafts.reader import parse_text
    from consultations.models import Comment, Consultation, ConsultationIndexPage, ConsultationPage
    from engage.accounts.actors import SYSTEM
    from engage.departments.models import Department
    from engage.pages.structure import ensure_structure
    from engage.participation.models import Submission
    from engage.publishing import gate

    now = timezone.now()
    department = Department.objects.filter(code="bench").first() or Department.add_root(
        code="bench", name_zh="处", name_en="Unit"
    )
    call = Consultation.objects.create(
        slug=slug,
        department=department,
        opens_at=now - timedelta(days=40),
        closes_at=now - timedelta(days=5),
        moderation="post",
    )
    for code, home in ensure_structure().items():
        index = ConsultationIndexPage.objects.child_of(home).get()
        index.add_child(
            instance=ConsultationPage(
                title=slug, slug=slug, locale=home.locale, consultation=call, summary=code, live=False
            )
        )
    first = calls.store_draft(parse_text(draft_text("七日"), language="zh-hans"), actor=SYSTEM)
    calls.attach_draft(first.draft_id, call, actor=SYSTEM)
    calls.publish_version(first.pk, now=now, actor=SYSTEM)
    second = calls.store_draft(parse_text(draft_text("十五日"), language="zh-hans"), draft=first.draft, actor=SYSTEM)
    calls.publish_version(second.pk, now=now, actor=SYSTEM)
    # An outcome leads to its call, which must be public.
    gate.release_by_platform("call", call, now=now)
    articles = list(first.clauses.filter(level="article"))
    people = points // PEOPLE_SHARE
    Submission.objects.bulk_create(
        (
            Submission(
                kind="comment",
                letter="C",
                year=2026,
                received_at=now,
                token_digest=f"{slug}-{number}",
                code_digest=f"{slug}-{number}",
                language="zh-hans",
                channel="web" if number % 9 else "paper",
                region=f"r{number % 7}",
                capacity=f"c{number % 5}",
                department=department,
            )  # fmt: skip
            for number in range(people)
        ),
        batch_size=2_000,
    )
    senders = list(Submission.objects.filter(token_digest__startswith=f"{slug}-").order_by("pk"))
    Comment.objects.bulk_create(
        (
            Comment(
                submission=senders[number % people],
                consultation=call,
                version=first,
                clause=articles[number % len(articles)],
                position=number // people,
                stance="change",
                text=f"第{number}条：{WORDS}",
                language="zh-hans",
                moderation_state="published",
                coded_at=now,
            )  # fmt: skip
            for number in range(points)
        ),
        batch_size=2_000,
    )
    comments = list(Comment.objects.filter(consultation=call).order_by("pk").values_list("pk", flat=True))
    themes = [
        Theme.objects.create(consultation=call, name=f"主题{number}", position=number) for number in range(THEMES)
    ]
    kinds = ("adopted", "in_part", "covered", "not_adopted", "out_of_scope")
    for number, theme in enumerate(themes):
        Decision.objects.create(
            consultation=call,
            theme=theme,
            disposition=kinds[number % 5],
            reason_zh="理由写在这里。",
            reason_en="A reason.",
        )
    Point.objects.bulk_create((Point(consultation=call, comment_id=pk) for pk in comments), batch_size=2_000)
    made = Point.objects.filter(consultation=call).order_by("pk").values_list("pk", flat=True)
    Coding.objects.bulk_create(
        (Coding(point_id=pk, theme=themes[place % THEMES]) for place, pk in enumerate(made)), batch_size=2_000
    )
    return call, second


def write(call, after):
    """Open the outcome and write its words."""
    from consultations.outcomes import actions, queries
    from consultations.outcomes.models import Outcome
    from engage.accounts.actors import SYSTEM

    outcome = actions.open_outcome(call.pk, version_after_id=after.pk, actor=SYSTEM)
    words = {code: {"summary": "概要", "method": "做法", "next_steps": "下一步"} for code in queries.LANGUAGES}
    actions.write_texts(outcome.pk, words, revision=0, actor=SYSTEM)
    own, _names = queries.theme_names(outcome)
    actions.name_themes(outcome.pk, {pk: {"en": f"Theme {pk}"} for pk in own}, revision=1, actor=SYSTEM)
    return Outcome.objects.select_related("consultation", "version", "version_after").get(pk=outcome.pk)


def hand_in(outcome):
    """Hand an outcome in at the gate."""
    from django.utils import timezone

    from engage.accounts.actors import SYSTEM
    from engage.publishing import gate

    return gate.request("outcome", outcome, actor=SYSTEM, now=timezone.now())


def sign(release) -> float:
    """Let four people turn the four keys; returns the seconds that the last of them took, which publishes."""
    from django.contrib.auth.models import Group
    from django.utils import timezone

    from engage.accounts.models import User
    from engage.publishing import actions, registry

    for review in release.reviews.all():
        reviewer = User.objects.create_user(f"{review.key}@example.org")
        roles = registry.get(release.kind).key(review.key).roles
        reviewer.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
        began = time.perf_counter()
        done = actions.decide(review.pk, "open", content_hash=release.content_hash, now=timezone.now(), actor=reviewer)
        taken = time.perf_counter() - began
    if done.state != done.State.RELEASED:
        raise RuntimeError(done.state)
    return taken


def set_up() -> str:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", interactive=False, verbosity=0)
    return connection.display_name


def measure_building() -> None:
    """Build an outcome of POINTS points three times, then hand it in and publish it once."""
    engine = set_up()
    from consultations.outcomes import queries

    outcome = write(*fill("bench-outcome", POINTS))
    times = []
    for _round in range(3):
        began = time.perf_counter()
        built = queries.build(outcome)
        times.append(time.perf_counter() - began)
        if built.missing or built.content["totals"]["points"] != POINTS:
            raise RuntimeError(f"{built.missing[:3]} {built.content['totals']}")
    note = (
        f"rounds {', '.join(f'{one:.2f}' for one in times)} s; {ARTICLES} articles, {THEMES} themes; {load_average()}"
    )
    report_most(f"outcome with {POINTS:,} points built, {engine}", round(min(times), 2), "s", MOST_SECONDS, note)
    began = time.perf_counter()
    release = hand_in(outcome)
    taken = round(time.perf_counter() - began, 2)
    note = f"built for what it lacks, looked at before release, and built for what goes out; {load_average()}"
    report(f"outcome with {POINTS:,} points handed in, {engine}", taken, "s", note=note)
    report(
        f"outcome with {POINTS:,} points published with the last of four keys, {engine}",
        round(sign(release), 2),
        "s",
        note=f"compared with what was signed, its rows written; {load_average()}",
    )


def publish_large() -> None:
    """Publish an outcome of COMMENTS comments, for the process that makes its workbook."""
    set_up()
    from consultations.outcomes.models import Export

    outcome = write(*fill("bench-workbook", COMMENTS))
    began = time.perf_counter()
    release = hand_in(outcome)
    submitted = time.perf_counter() - began
    print(f"{COMMENTS:,} points handed in in {submitted:.1f} s, published in {sign(release):.1f} s", flush=True)
    print(Export.objects.get(outcome=outcome, kind="xlsx", language="zh-hans").pk, flush=True)


def make_workbook() -> None:
    """Make the workbook as the worker does; nothing else runs in this process."""
    engine = set_up()
    from consultations.outcomes import exports
    from consultations.outcomes.models import Export

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    export = Export.objects.select_related("outcome__consultation").get(kind="xlsx", language="zh-hans")
    began = time.perf_counter()
    state = exports.make(export)
    taken = time.perf_counter() - began
    export.refresh_from_db()
    if state != Export.State.READY or export.total != COMMENTS:
        raise RuntimeError(f"{state}: {export.done} of {export.total}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = (
        f"{taken:.0f} s, {export.size / 1e6:.1f} MB file; {before:.0f} MB before the first row; progress told every "
        f"{exports.PROGRESS_ROWS} rows; {load_average()}"
    )
    report_most(f"workbook of {COMMENTS:,} comments, peak memory, {engine}", round(peak), "MB", MOST_MB, note)


PARTS = {"building": measure_building, "publish": publish_large, "workbook": make_workbook}


def run(database_url: str, *parts: str) -> None:
    """Run parts one after the other on one database, each in a process of its own, because settings are read once."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_FOR_A_SITE}
    environment |= {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "engage.settings"}
    for part in parts:
        subprocess.run([sys.executable, __file__, part], cwd=ROOT, env=environment, check=True)


def main() -> None:
    if sys.argv[1:] and sys.argv[1] in PARTS:
        PARTS[sys.argv[1]]()
        return
    run(f"sqlite:///{Path(os.environ['ENGAGE_VAR']) / 'outcome.sqlite3'}", "building")
    run(f"sqlite:///{Path(os.environ['ENGAGE_VAR']) / 'workbook.sqlite3'}", "publish", "workbook")
    if "ENGAGE_BENCH_POSTGRES" not in os.environ:
        report("outcome, PostgreSQL", "not measured", "", note="there is no PostgreSQL server on this machine")
        return
    with _site.database("engage_bench_outcome") as url:
        run(url, "building")
    with _site.database("engage_bench_workbook") as url:
        run(url, "publish", "workbook")


if __name__ == "__main__":
    main()
