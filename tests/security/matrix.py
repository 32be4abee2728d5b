"""What every address answers to every role. Columns: anonymous, citizen, officer, editor, reviewer, administrator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engage.accounts.actors import Role
from mailbox.petitions.models import PetitionRules, RateLimit, RejectionReason, Threshold

ORDER = ("anonymous", Role.CITIZEN, Role.OFFICER, Role.EDITOR, Role.REVIEWER_LEGAL, Role.ADMINISTRATOR)
World = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """The statuses of a GET, in the order of ORDER, or one for all."""

    statuses: tuple[int, ...]
    arguments: Callable[[World], list[Any]] = lambda world: []

    def status_for(self, actor: str) -> int:
        """Return the status for one role."""
        return self.statuses[ORDER.index(actor)] if len(self.statuses) > 1 else self.statuses[0]


def everybody(status: int, arguments: Callable[[World], list[Any]] = lambda world: []) -> Row:
    """Make a row that is the same for all."""
    return Row((status,), arguments)


def slug(world: World) -> list[Any]:
    """Name the call that everybody may see."""
    return [world["shown"].slug]


def clause(world: World) -> list[Any]:
    """Name one of its articles."""
    return [world["shown"].slug, "art-2"]


def akoma_ntoso(world: World) -> list[Any]:
    """Name its text as a file."""
    return [world["shown"].slug, "akn"]


def public_comment(world: World) -> list[Any]:
    """Name a published comment."""
    return [world["shown"].slug, world["public"].pk]


def reference(world: World) -> list[Any]:
    """Name a submission whose receipt the reader does not hold."""
    return [world["submission"].reference]


def staff(arguments: Callable[[World], list[Any]] = lambda world: []) -> Row:
    """Make a row of the Studio that editors and administrators open; the others are sent away."""
    return Row((302, 404, 404, 200, 302, 200), arguments)


def drafts(status: int, arguments: Callable[[World], list[Any]] = lambda world: []) -> Row:
    """Make a row of the draft desk: hidden from who is in the Studio but edits no drafts."""
    return Row((302, 404, 404, status, 404, status), arguments)


def administrators(arguments: Callable[[World], list[Any]] = lambda world: []) -> Row:
    """Make a row of the Studio that administrators open."""
    return Row((302, 404, 404, 302, 302, 200), arguments)


def version(world: World) -> list[Any]:
    """Name the published text of the call."""
    return [world["version"].pk]


def survey_version(world: World) -> list[Any]:
    """Name a questionnaire that is being written."""
    from tests.surveys.studio.builders import written

    return [written().pk]


def kept_question(world: World) -> list[Any]:
    """Name a question of the library that every department has."""
    from tests.surveys.studio.builders import kept

    return [kept().pk]


def study(world: World) -> list[Any]:
    """Name a study with two waves of one questionnaire."""
    from surveys.models import Study
    from tests.surveys.studies import builders

    found = Study.objects.first() or builders.study(builders.asked(10, 12, key="studied"))
    return [found.pk]


def first(world: World) -> list[Any]:
    """Name what has the key 1, where nothing has it."""
    return [999_999]


ROWS: dict[str, Row] = {
    # reading and commenting
    "home": everybody(200),
    "design": everybody(200),
    "finder": everybody(200),
    "consultations_rss": everybody(200),
    "consultations_atom": everybody(200),
    "consultation": everybody(200, slug),
    "draft": everybody(200, slug),
    "draft_named": everybody(404, lambda world: [*slug(world), "none"]),
    "compare": everybody(200, slug),
    "evidence": Row((404, 404, 200, 200, 200, 200), slug),
    "evidence_table": Row((404, 404, 200, 200, 200, 200), lambda world: [*slug(world), "csv"]),
    "evidence_file": everybody(404, lambda world: [*slug(world), 999_999]),
    "draft_file": everybody(200, akoma_ntoso),
    "clause": everybody(200, clause),
    "comments": everybody(200, slug),
    "comment": everybody(200, public_comment),
    "comment_agree": everybody(200, public_comment),
    "comment_report": everybody(200, public_comment),
    "comment_translate": Row((404, 404, 404, 200, 404, 200), public_comment),
    "comment_file": everybody(404, lambda world: [*public_comment(world), 999_999]),
    "item_files": everybody(302, lambda world: [*slug(world), "nothing"]),
    "embed": everybody(404, slug),
    "desk_embeds": Row((302, 404, 404, 200, 404, 200)),
    "desk_paper": Row((302, 404, 200, 404, 404, 200)),
    "desk_table": Row((302, 404, 200, 404, 404, 200)),
    "desk_table_errors": Row((302, 404, 404, 404, 404, 404), lambda world: ["nothing"]),
    "compose": everybody(200, clause),
    "compose_whole": everybody(200, slug),
    "basket": everybody(200, slug),
    "about_you": everybody(302, slug),
    "check": everybody(302, slug),
    "keep_text": everybody(405, slug),
    # the forward plan: what is not in it yet is hidden; a forged link is over
    "plan": everybody(200),
    "plan_rss": everybody(200),
    "plan_atom": everybody(200),
    "plan_policy": everybody(404, lambda world: ["no-policy"]),
    "plan_follow": everybody(404, lambda world: ["no-policy"]),
    "call_follow": everybody(200, slug),
    # following: a forged link is over; a thing that is not there has no feed
    "follow": everybody(200),
    "follow_feed": everybody(200, lambda world: ["atom"]),
    "follow_thing": everybody(404, lambda world: ["topic", "no-topic"]),
    "follow_thing_feed": everybody(404, lambda world: ["topic", "no-topic", "rss"]),
    "follow_push": everybody(405),
    "follow_push_mine": everybody(405),
    "follow_confirm": everybody(410, lambda world: ["forged"]),
    "follow_manage": everybody(410, lambda world: ["forged"]),
    "follow_rest": everybody(405, lambda world: ["forged"]),
    "follow_stop": everybody(410, lambda world: ["forged"]),
    "follow_stop_at_once": everybody(302, lambda world: ["forged"]),
    "push_worker": everybody(200),
    "mailings": Row((302, 404, 404, 200, 404, 200)),
    "mailing": Row((302, 404, 404, 404, 404, 404), first),
    "mailing_act": Row((405, 405, 405, 405, 405, 405), first),
    "api:list_policies": everybody(200),
    # questionnaires: 404 until one is published; a code that opens nothing leads to where codes are typed
    "surveys": everybody(200),
    "survey": everybody(404, lambda world: ["none"]),
    "survey_kiosk": everybody(404, lambda world: ["none"]),
    "survey_embed": everybody(404, lambda world: ["none"]),
    "survey_picture": everybody(404, lambda world: ["none-0123456789abcdef.png"]),
    "survey_invited": everybody(404, lambda world: ["none", "forged"]),
    "survey_resume": everybody(200),
    "survey_resume_here": everybody(200, lambda world: ["none"]),
    "survey_page": everybody(302, lambda world: ["none", "000000000000", 1]),
    "survey_look": everybody(405, lambda world: ["none", "000000000000", 1]),
    "survey_aside": everybody(302, lambda world: ["none", "000000000000"]),
    "survey_check": everybody(302, lambda world: ["none", "000000000000"]),
    "survey_sent": everybody(302, lambda world: ["none", "000000000000"]),
    # interpretations: 404 until one is published; a forged link is over
    "packs_rss": everybody(200),
    "packs_atom": everybody(200),
    "interpretation": everybody(404, slug),
    "interpretation_edition": everybody(404, lambda world: [*slug(world), 1]),
    "interpretation_react": everybody(404, slug),
    "expert_write": everybody(410, lambda world: ["forged"]),
    "api:list_interpretations": everybody(200),
    "api:one_interpretation": everybody(404, slug),
    # the press room: 404 until a release is let through; a forged link is over
    "press": everybody(200),
    "press_rss": everybody(200),
    "press_atom": everybody(200),
    "press_json": everybody(200),
    "press_release": everybody(404, lambda world: ["no-release"]),
    "press_pack": everybody(404, lambda world: ["no-release"]),
    "press_file": everybody(404, lambda world: ["no-release", 999_999]),
    "press_picture": everybody(404, lambda world: ["no-release", 999_999]),
    "media_join": everybody(200),
    "media_confirm": everybody(410, lambda world: ["forged"]),
    "media_leave": everybody(410, lambda world: ["forged"]),
    "media_leave_at_once": everybody(302, lambda world: ["forged"]),
    "departments": everybody(200),
    "api:list_press": everybody(200),
    "api:one_release": everybody(404, lambda world: ["no-release"]),
    # outcomes: 404 until one is published
    "outcomes": everybody(200),
    "awaiting_outcome": everybody(200),
    "outcomes_rss": everybody(200),
    "outcomes_atom": everybody(200),
    "outcome": everybody(404, slug),
    "outcome_file": everybody(404, lambda world: [*slug(world), "csv"]),
    # writing to the office: an unsent letter is its session's alone
    "write": everybody(200),
    "write_which": everybody(200),
    "write_which_next": everybody(200, lambda world: [2]),
    "write_answers": everybody(200),
    # published answers and the disclosure log: 404 until one is let through
    "replies": everybody(200),
    "replies_rss": everybody(200),
    "replies_atom": everybody(200),
    "published_reply": everybody(404, first),
    "published_reply_helped": everybody(405, first),
    "published_reply_file": everybody(404, lambda world: [999_999, 1]),
    "disclosures": everybody(200),
    "disclosures_rss": everybody(200),
    "disclosures_atom": everybody(200),
    "published_disclosure": everybody(404, first),
    "published_disclosure_helped": everybody(405, first),
    "published_disclosure_file": everybody(404, lambda world: [999_999, 1]),
    # petitions: 404 for what is not open, closed, turned down for a public reason or withdrawn after it opened
    "petitions": everybody(200),
    "petitions_rss": everybody(200),
    "petitions_atom": everybody(200),
    "petitions_json": everybody(200),
    "petitions_csv": everybody(200),
    "petition": everybody(404, first),
    "petition_json": everybody(404, first),
    "petition_csv": everybody(404, first),
    "petition_count": everybody(404, first),
    "petition_poster": everybody(404, first),
    "petition_follow": everybody(404, first),
    "petition_embed": everybody(404, first),
    # starting a petition: the form opens only after a look at what is like it; its links are secret
    "petition_start": everybody(200),
    "petition_alike": everybody(200),
    "petition_write": everybody(302),
    "petition_check": everybody(302),
    "petition_sent": everybody(302),
    "petition_discard": everybody(405),
    "petition_confirm_start": everybody(410, lambda world: ["forged"]),
    "petition_again": everybody(405, lambda world: ["P-2026-000001-A"]),
    "petition_withdraw": everybody(404, lambda world: ["P-2026-000001-A"]),
    "petition_sponsor": everybody(404, lambda world: [999_999, "forged"]),
    "petition_sponsor_sent": everybody(404, lambda world: [999_999, "forged"]),
    "petition_confirm_sponsor": everybody(410, lambda world: [999_999, "forged"]),
    "petition_debate": everybody(404, lambda world: [999_999, 1]),
    # signing: a signature is opened by its code or by the link of its letter
    "petition_sign": everybody(404, first),
    "petition_signature": everybody(302, lambda world: ["S-2026-000001-A"]),
    "petition_confirm": everybody(410, lambda world: [999_999, "forged"]),
    "petition_confirmed": everybody(410, lambda world: [999_999, "forged"]),
    "petition_mine": everybody(410, lambda world: [999_999, "forged"]),
    "petition_news_stop": everybody(410, lambda world: [999_999, "forged"]),
    "api:list_petitions": everybody(200),
    "api:one_petition": everybody(404, first),
    "api:list_published_replies": everybody(200),
    "api:one_published_reply": everybody(404, first),
    "api:list_disclosures": everybody(200),
    "api:one_disclosure": everybody(404, first),
    "case_publishing": everybody(302, reference),
    "desk_case_publish": Row((302, 404, 404, 404, 404, 404), first),
    "desk_case_publish_keep": everybody(405, first),
    "desk_case_publish_begin": everybody(405, first),
    "desk_case_publish_files": everybody(405, first),
    "desk_case_publish_file": everybody(405, lambda world: [999_999, 1]),
    "desk_case_publish_preview": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999, "en"]),
    "performance": everybody(200),
    "performance_year": everybody(200, lambda world: [2026]),
    "performance_csv": everybody(200, lambda world: [2026]),
    "performance_json": everybody(200, lambda world: [2026]),
    "survey_results": everybody(404, lambda world: ["no-survey"]),
    "desk_results": Row((302, 404, 404, 200, 404, 200)),
    "desk_results_of": Row((302, 404, 404, 404, 404, 404), lambda world: ["no-survey"]),
    "desk_results_crosstab": Row((302, 404, 404, 404, 404, 404), lambda world: ["no-survey"]),
    "desk_results_words": Row((302, 404, 404, 404, 404, 404), lambda world: ["no-survey"]),
    "desk_results_files": Row((302, 404, 404, 404, 404, 404), lambda world: ["no-survey"]),
    "desk_results_given": Row((302, 404, 404, 404, 404, 404), lambda world: ["no-survey"]),
    "desk_results_given_file": Row((302, 404, 404, 404, 404, 404), lambda world: ["no-survey", "0" * 32 + ".png"]),
    "desk_results_order": everybody(405, lambda world: ["no-survey", 1]),
    "desk_results_ordered_file": Row((302, 404, 404, 404, 404, 404), lambda world: ["no-survey", 1]),
    "desk_results_file": Row((302, 404, 404, 404, 404, 404), lambda world: ["no-survey", "csv"]),
    # studies: read by editors and analysts, written by analysts
    "studies": Row((302, 404, 404, 200, 404, 200)),
    "study_new": Row((302, 404, 404, 404, 404, 200)),
    "study": Row((302, 404, 404, 200, 404, 200), study),
    "study_edit": Row((302, 404, 404, 404, 404, 200), study),
    "study_wave_new": Row((302, 404, 404, 404, 404, 200), study),
    "study_wave": Row((302, 404, 404, 404, 404, 200), lambda world: [*study(world), 1]),
    "study_panel": Row((302, 404, 404, 200, 404, 200), study),
    "study_benchmark": Row((302, 404, 404, 404, 404, 404), study),
    # answers on paper: officers, approvers and analysts take them in
    "paper_answers": Row((302, 404, 200, 404, 404, 200)),
    "paper_answers_of": Row((302, 404, 404, 404, 404, 404), lambda world: ["no-survey"]),
    "paper_answers_template": Row((302, 404, 404, 404, 404, 404), lambda world: ["no-survey", "csv"]),
    "paper_answers_sheet": Row((302, 404, 404, 404, 404, 404), lambda world: ["no-survey"]),
    "paper_answers_batch": everybody(405, lambda world: ["no-survey", 1]),
    # telephone interviews: those who call, and those who lead studies
    "telephone": Row((302, 404, 404, 404, 404, 200)),
    "telephone_new": Row((302, 404, 404, 404, 404, 200)),
    "telephone_desk": Row((302, 404, 404, 404, 404, 404), first),
    "telephone_finish": everybody(405, first),
    "telephone_interview": Row((302, 404, 404, 404, 404, 404), first),
    "telephone_complete": everybody(405, first),
    "telephone_wall": Row((302, 404, 404, 404, 404, 404), first),
    "telephone_sample": Row((302, 404, 404, 404, 404, 404), first),
    "telephone_rules": Row((302, 404, 404, 404, 404, 404), first),
    "telephone_do_not_call": Row((302, 404, 404, 404, 404, 404), first),
    "desk_performance": Row((302, 404, 200, 404, 404, 200)),
    "desk_performance_year": Row((302, 404, 200, 404, 404, 200), lambda world: [2026]),
    "desk_performance_cases": Row((302, 404, 200, 404, 404, 200), lambda world: [2026]),
    "write_kind": everybody(200, lambda world: ["grievance"]),
    "write_files": everybody(302),
    "write_check": everybody(302),
    "write_answered": everybody(405),
    "write_discard": everybody(405),
    # receipts: without the code nobody, whatever the role
    "case_add": everybody(302, reference),
    "case_rate": everybody(302, reference),
    "case_review": everybody(302, reference),
    "case_clock": everybody(302, lambda world: [*reference(world), 999_999]),
    "case_notice": everybody(302, lambda world: [*reference(world), 999_999]),
    "case_notice_pdf": everybody(302, lambda world: [*reference(world), 999_999]),
    "track": everybody(200),
    "lost_code": everybody(200),
    "new_code": everybody(410, lambda world: ["forged"]),
    "submission": everybody(302, reference),
    "submission_withdraw": everybody(404, reference),
    "submission_forget": everybody(405, reference),
    "receipt": everybody(302, reference),
    "receipt_pdf": everybody(404, reference),
    "receipt_proof": everybody(404, reference),
    "attachment": everybody(404, lambda world: [*reference(world), 999_999]),
    "comment_edit": everybody(302, lambda world: [*reference(world), world["public"].pk]),
    # search, journal, API, what crawlers and operators read
    "search": everybody(200),
    "journal_checkpoints": everybody(200),
    "journal_checkpoints_json": everybody(200),
    "journal_verifier": everybody(200),
    "journal_checkpoint": everybody(404, first),
    "journal_checkpoint_json": everybody(404, first),
    "api:api-root": everybody(404),
    "api:openapi-json": everybody(200),
    "api:list_calls": everybody(200),
    "api:one_call": everybody(200, slug),
    "api:text": everybody(200, slug),
    "api:drafts": everybody(200, slug),
    "api:comments": everybody(200, slug),
    "api:list_replies": everybody(200, slug),
    "api:outcome": everybody(404, slug),
    "api:evidence": everybody(404, slug),
    "health": everybody(200),
    "robots": everybody(200),
    "sitemap": everybody(200),
    "picture": everybody(404, lambda world: ["no-such-picture.png"]),
    "security_txt": everybody(404),
    # the channels: their state is public, their details are the administrators'
    "status": everybody(200),
    "api:status": everybody(200),
    # help and practice: everybody who works here; nobody else learns that there is such a thing
    "help": Row((302, 404, 200, 200, 200, 200)),
    "practice_enter": everybody(405),
    "practice_leave": everybody(405),
    "practice_reset": everybody(405),
    "practice_outbox": Row((302, 404, 200, 200, 200, 200)),
    "desk_health": Row((302, 404, 404, 404, 404, 200)),
    "desk_health_check": everybody(405, lambda world: ["mail"]),
    # accounts
    "account_home": Row((302, 200, 200, 200, 200, 200)),
    "demo_sign_in": everybody(200),
    # the desk: officers; who has no queue finds nothing
    "desk_home": Row((302, 404, 302, 302, 302, 302)),
    "desk_queue": Row((302, 404, 200, 404, 404, 200), lambda world: ["moderation"]),
    "desk_act": Row((405,), lambda world: ["moderation"]),
    "desk_save_view": Row((405,), lambda world: ["moderation"]),
    "desk_change_view": everybody(405, first),
    "desk_undo": everybody(405),
    "desk_keys": Row((302, 404, 200, 200, 200, 200)),
    "desk_language": everybody(405),
    # the coding desk: officers of the department in charge (this one belongs to none), analysts, administrators
    "coding_home": Row((302, 404, 200, 404, 404, 200)),
    "coding_desk": Row((302, 404, 404, 404, 404, 200), slug),
    "coding_act": everybody(405, slug),
    "coding_themes": Row((302, 404, 404, 404, 404, 200), slug),
    "coding_theme": Row((302, 404, 404, 404, 404, 404), lambda world: [*slug(world), 999_999]),
    "coding_codebook": Row((302, 404, 404, 404, 404, 200), slug),
    "coding_decisions": Row((302, 404, 404, 404, 404, 200), slug),
    "coding_decide": Row((302, 404, 404, 404, 404, 404), lambda world: [*slug(world), "theme", 999_999]),
    "coding_agreement": Row((302, 404, 404, 404, 404, 200), slug),
    "coding_blind": Row((302, 404, 404, 404, 404, 404), lambda world: [*slug(world), 999_999]),
    "coding_bulk": Row((302, 404, 404, 404, 404, 200), slug),
    "coding_order": Row((302, 404, 404, 404, 404, 404), lambda world: [*slug(world), 999_999]),
    # outcomes at the desk: who writes them, and approvers; an outcome that nobody began has no parts
    "outcome_desk": Row((302, 404, 200, 200, 404, 200)),
    "outcome_builder": Row((302, 404, 200, 200, 404, 200), slug),
    "outcome_open": everybody(405, slug),
    "outcome_after": everybody(405, slug),
    "outcome_texts": Row((302, 404, 404, 404, 404, 404), lambda world: [*slug(world), "en"]),
    "outcome_clause": Row((302, 404, 404, 404, 404, 404), lambda world: [*slug(world), "art_2"]),
    "outcome_themes": Row((302, 404, 404, 404, 404, 404), slug),
    "outcome_preview": Row((302, 404, 404, 404, 404, 404), lambda world: [*slug(world), "en"]),
    "outcome_export": everybody(405, lambda world: [*slug(world), 1]),
    # the release gate: who hands in, reviews or reads what became of it
    "release_desk": Row((302, 404, 200, 200, 200, 200)),
    "release_audit": Row((302, 404, 200, 200, 200, 200)),
    "release_audit_file": Row((302, 404, 200, 200, 200, 200), lambda world: ["csv"]),
    "release_hand_in": Row((302, 404, 404, 404, 404, 404), lambda world: ["nothing", 999_999]),
    "release": Row((302, 404, 404, 404, 404, 404), first),
    "release_decide": everybody(405, first),
    "release_delegate": everybody(405, first),
    "release_take_back": everybody(405, first),
    "release_form": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999, 999_999]),
    # cases at the desk: officers, approvers and reviewers of openness of the units where they lie; this one is nobody's
    "desk_cases": Row((302, 404, 302, 404, 404, 302)),
    "desk_case": Row((302, 404, 404, 404, 404, 404), first),
    "desk_case_previous": Row((302, 404, 302, 404, 404, 302), first),
    "desk_case_next": Row((302, 404, 302, 404, 404, 302), first),
    "desk_case_here": everybody(405, first),
    "desk_cases_csv": Row((302, 404, 200, 404, 404, 200)),
    "desk_cases_xlsx": Row((302, 404, 200, 404, 404, 200)),
    "desk_library": Row((302, 404, 200, 404, 404, 200)),
    "desk_library_retire": everybody(405, first),
    "desk_snippets": Row((302, 404, 200, 404, 404, 200)),
    "desk_snippet": Row((302, 404, 404, 404, 404, 404), first),
    "desk_snippet_delete": everybody(405, first),
    "desk_checklists": Row((302, 404, 404, 404, 404, 200)),
    "desk_checklist": Row((302, 404, 404, 404, 404, 200), lambda world: ["letter"]),
    "desk_intakes": Row((302, 404, 404, 404, 404, 200)),
    "desk_intake": Row((302, 404, 404, 404, 404, 200), lambda world: ["letter"]),
    "desk_case_step": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999, "accept"]),
    "desk_topics": Row((302, 404, 200, 404, 404, 200)),
    "desk_topic_review": everybody(405, lambda world: [999_999]),
    "desk_jobs": Row((302, 404, 200, 404, 404, 200)),
    "desk_job": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999]),
    "desk_job_undo": everybody(405, lambda world: [999_999]),
    "desk_case_chore": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999, "assign"]),
    "desk_case_draft": everybody(405, first),
    "desk_case_draft_preview": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999, "en"]),
    "desk_case_clock": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999, 1]),
    "desk_case_pdf": Row((302, 404, 404, 404, 404, 404), first),
    "desk_post": Row((302, 404, 200, 404, 404, 200)),
    "desk_post_mail": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999]),
    "desk_post_raw": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999]),
    "desk_post_do": everybody(405, first),
    "desk_post_trust": everybody(405, first),
    "desk_case_as_sender": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999, "en"]),
    # petitions before their publication
    "desk_petitions": Row((302, 404, 302, 404, 404, 302)),
    "desk_petition": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999]),
    "desk_petition_act": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999, "open"]),
    "desk_petition_note": everybody(405, lambda world: [999_999]),
    "desk_petition_tag": everybody(405, lambda world: [999_999]),
    "desk_petition_sheets": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999]),
    "desk_petition_sheets_back": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999, 1]),
    # petitions against fraud
    "petition_guard": Row((302, 404, 200, 404, 404, 200)),
    "petition_let_go": everybody(405, first),
    "petition_orders": Row((302, 404, 200, 404, 404, 200)),
    "petition_order": Row((302, 404, 404, 404, 404, 404), first),
    "petition_order_act": everybody(405, first),
    "petition_lists": Row((302, 404, 200, 404, 404, 200)),
    "petition_unlist": everybody(405, first),
    "petition_limits": Row((302, 404, 200, 404, 404, 200)),
    "petition_pause": Row((302, 404, 200, 404, 404, 200)),
    # what petitions earned
    "desk_petition_answers": Row((302, 404, 200, 404, 404, 200)),
    "desk_petition_outcome": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999]),
    "desk_petition_protection": everybody(405, lambda world: [999_999]),
    "desk_petition_letters_again": everybody(405, lambda world: [999_999]),
    "desk_petition_debate_new": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999]),
    "desk_petition_debate": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999]),
    "desk_petition_debate_preview": Row((302, 404, 404, 404, 404, 404), lambda world: [999_999, "en"]),
    # the counter, and the work of units and people
    "counter": Row((302, 404, 200, 404, 404, 200)),
    "counter_slip": Row((302, 404, 302, 404, 404, 302)),
    "counter_slip_pdf": Row((302, 404, 404, 404, 404, 404)),
    "counter_kind": Row((302, 404, 200, 404, 404, 200), lambda world: ["letter"]),
    "desk_case_contact": everybody(405, first),
    "desk_case_export": everybody(405, first),
    "desk_case_history": everybody(405, first),
    "workload": Row((302, 404, 200, 404, 404, 200)),
    "workload_person": Row((302, 404, 404, 404, 404, 404), first),
    "workload_absences": Row((302, 404, 200, 404, 404, 200)),
    "workload_end_absence": everybody(405, first),
    "workload_handovers": Row((302, 404, 200, 404, 404, 200)),
    "workload_turned_away": Row((302, 404, 200, 404, 404, 200)),
    "workload_letter": everybody(405),
    # letters of one wording and proposed units: officers, of their own desks; this one is nobody's
    "desk_groups": Row((302, 404, 200, 404, 404, 200)),
    "desk_group": Row((302, 404, 404, 404, 404, 404), first),
    "desk_group_do": everybody(405, lambda world: [999_999, "confirm"]),
    "desk_routing": Row((302, 404, 200, 404, 404, 200)),
    "desk_route_proposed": everybody(405, first),
    # campaigns: 404 until one is published
    "campaigns": everybody(200),
    "campaigns_rss": everybody(200),
    "campaigns_atom": everybody(200),
    "campaigns_calendar": everybody(200),
    "campaign": everybody(404, lambda world: ["none"]),
    "campaign_event": everybody(404, lambda world: ["none"]),
    "campaign_say": everybody(404, lambda world: ["none"]),
    "api:list_campaigns": everybody(200),
    "api:one_campaign": everybody(404, lambda world: ["none"]),
    # campaigns at the desk: editors, approvers and analysts look, editors write; one that nobody began is not there
    "campaign_planner": Row((302, 404, 404, 200, 404, 200)),
    "campaign_year": Row((302, 404, 404, 200, 404, 200)),
    "campaign_list": Row((302, 404, 404, 200, 404, 200)),
    "campaign_new": Row((302, 404, 404, 200, 404, 200)),
    "campaign_templates": Row((302, 404, 404, 200, 404, 200)),
    "campaign_template_new": Row((302, 404, 404, 200, 404, 200)),
    "campaign_template": Row((302, 404, 404, 404, 404, 404), first),
    "campaign_builder": Row((302, 404, 404, 404, 404, 404), first),
    "campaign_edit": Row((302, 404, 404, 404, 404, 404), first),
    "campaign_targets": Row((302, 404, 404, 404, 404, 404), first),
    "campaign_preview": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), "en"]),
    "campaign_part": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), 1]),
    "campaign_remove": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), 1]),
    "campaign_report": Row((302, 404, 404, 404, 404, 404), first),
    "campaign_report_file": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), "csv"]),
    "campaign_hand_in": everybody(405, first),
    "campaign_add": everybody(405, first),
    "campaign_link": everybody(405, lambda world: [*first(world), 1]),
    "campaign_move": everybody(405, lambda world: [*first(world), 1]),
    "campaign_task_add": everybody(405, first),
    "campaign_task": everybody(405, lambda world: [*first(world), 1]),
    "campaign_wave": everybody(405, first),
    "campaign_finish": everybody(405, first),
    # interpretations at the desk: who writes or approves them; one that nobody began has no parts
    "pack_desk": Row((302, 404, 404, 200, 404, 200)),
    "pack_begin": everybody(405),
    "pack_builder": Row((302, 404, 404, 404, 404, 404), first),
    "pack_add": everybody(405, first),
    "pack_invite": Row((302, 404, 404, 404, 404, 404), first),
    "pack_preview": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), "en"]),
    "pack_block": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), 1]),
    "pack_move": everybody(405, lambda world: [*first(world), 1]),
    "pack_remove": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), 1]),
    "pack_expert": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), 1]),
    # redaction at the desk: editors, officers and reviewers; a strange number is nothing for anybody
    "redaction_desk": Row((302, 404, 200, 200, 200, 200)),
    "redaction_begin": everybody(405),
    "redaction_choose": Row((302, 404, 200, 200, 200, 200)),
    "redaction_bases": Row((302, 404, 404, 404, 200, 200)),
    "redaction_basis": Row((302, 404, 404, 404, 200, 200), lambda world: ["other"]),
    "redaction_bench": Row((302, 404, 404, 404, 404, 404), first),
    "redaction_page": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), 1]),
    "redaction_picture": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), 0]),
    "redaction_words": everybody(405, first),
    "redaction_found": everybody(405, first),
    "redaction_pictures": everybody(405, first),
    "redaction_box": everybody(405, first),
    "redaction_unmark": everybody(405, lambda world: [*first(world), 1]),
    "redaction_make": everybody(405, first),
    "redaction_reopen": everybody(405, first),
    "redaction_confirm": everybody(405, first),
    "redaction_replace": everybody(405, first),
    "redaction_discard": Row((302, 404, 404, 404, 404, 404), first),
    "redaction_result": Row((302, 404, 404, 404, 404, 404), first),
    "redaction_result_page": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), 1]),
    "redaction_original": everybody(405, first),
    "redaction_proof_json": Row((302, 404, 404, 404, 404, 404), first),
    "redaction_proof_pdf": Row((302, 404, 404, 404, 404, 404), first),
    # the press room at the desk: editors write, approvers read; only administrators open sections
    "press_desk": Row((302, 404, 404, 200, 404, 200)),
    "press_media": Row((302, 404, 404, 200, 404, 200)),
    "press_media_remove": Row((302, 404, 404, 404, 404, 404), first),
    "press_digests": Row((302, 404, 404, 200, 404, 200)),
    "press_digest": Row((302, 404, 404, 404, 404, 404), first),
    "press_digest_submit": everybody(405, first),
    "press_sections": Row((302, 404, 404, 404, 404, 200)),
    "press_editor": Row((302, 404, 404, 404, 404, 404), first),
    "press_add_file": everybody(405, first),
    "press_change_file": everybody(405, lambda world: [*first(world), 1]),
    "press_see_file": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), 1]),
    "press_preview": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), "en"]),
    "press_submit": everybody(405, first),
    "press_delete": Row((302, 404, 404, 404, 404, 404), first),
    "press_take_down": Row((302, 404, 404, 404, 404, 404), first),
    # the preflight and what has grown old
    "preflight": Row((302, 404, 404, 200, 200, 200), lambda world: ["call", world["shown"].pk]),
    "preflight_json": Row((302, 404, 404, 200, 200, 200), lambda world: ["call", world["shown"].pk]),
    "freshness_desk": Row((302, 404, 404, 200, 404, 200)),
    "freshness_reviewed": everybody(405),
    # the outbox: notices that were not released are hidden, images are drawn of public things only
    "notices": everybody(200),
    "notices_atom": everybody(200),
    "channel_atom": everybody(404, lambda world: ["none"]),
    "notice": everybody(404, first),
    "share_image": everybody(404, lambda world: ["zh", "consultation", "no-call"]),
    "delivery_acknowledge": everybody(405, lambda world: ["00000000-0000-4000-8000-000000000000"]),
    "outbox": Row((302, 404, 404, 200, 404, 200)),
    "outbox_begin": Row((405,)),
    "outbox_item": Row((302, 404, 404, 404, 404, 404), first),
    "outbox_choose": everybody(405, first),
    "outbox_previews": Row((302, 404, 404, 404, 404, 404), first),
    "outbox_submit": everybody(405, first),
    "outbox_delete": Row((302, 404, 404, 404, 404, 404), first),
    "outbox_variant": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), 1]),
    "outbox_reset": everybody(405, lambda world: [*first(world), 1]),
    "outbox_page_preview": Row((302, 404, 404, 404, 404, 404), lambda world: [*first(world), 1]),
    "outbox_delivery": Row((302, 404, 404, 404, 404, 404), first),
    "outbox_export": Row((302, 404, 404, 404, 404, 404), first),
    "outbox_channels": Row((302, 404, 404, 404, 404, 200)),
    "outbox_channel_new": Row((302, 404, 404, 404, 404, 200)),
    "outbox_channel": Row((302, 404, 404, 404, 404, 404), first),
    "outbox_probe": everybody(405, first),
    "outbox_secret": everybody(405, first),
    "outbox_import": Row((302, 404, 200, 404, 404, 200)),
    "outbox_import_errors": Row((302, 404, 404, 404, 404, 404), lambda world: ["nothing"]),
    # the Studio
    "call_extend": drafts(200, lambda world: [world["shown"].pk]),
    "plan_move": drafts(404, first),
    "call_method": drafts(200, lambda world: [world["shown"].pk]),
    "call_withdraw": drafts(200, lambda world: [world["shown"].pk]),
    "drafts": drafts(200),
    "draft_import": drafts(200),
    "draft_review": drafts(302),
    "draft_version": drafts(200, version),
    "draft_match": drafts(200, version),
    "draft_plain": drafts(200, lambda world: [*version(world), "en"]),
    "draft_correct": drafts(404, version),
    "draft_publish": drafts(302, version),
    "draft_page": drafts(405, lambda world: [*version(world), "en"]),
    "questionnaires": drafts(200),
    "questionnaire_new": drafts(200),
    "questionnaire_import": drafts(200),
    "questionnaire_next": drafts(405, first),
    "questionnaire_version": drafts(200, survey_version),
    "questionnaire_settings": drafts(200, survey_version),
    "questionnaire_lists": drafts(200, survey_version),
    "questionnaire_ballots": drafts(200, survey_version),
    "questionnaire_quotas": drafts(200, survey_version),
    "questionnaire_languages": drafts(200, survey_version),
    "questionnaire_translate": drafts(200, lambda world: [*survey_version(world), "en"]),
    "questionnaire_period": drafts(200, survey_version),
    "questionnaire_frames": drafts(200, survey_version),
    "questionnaire_checks": drafts(200, survey_version),
    "questionnaire_test": drafts(200, survey_version),
    "questionnaire_import_into": drafts(200, survey_version),
    "questionnaire_export": drafts(200, lambda world: [*survey_version(world), "json"]),
    "questionnaire_paper": drafts(200, lambda world: [*survey_version(world), "en"]),
    "questionnaire_compare": drafts(200, lambda world: [*survey_version(world), *survey_version(world)]),
    "questionnaire_preview": drafts(200, lambda world: [*survey_version(world), "en"]),
    "questionnaire_preview_page": drafts(200, lambda world: [*survey_version(world), "en", 1]),
    "questionnaire_preview_look": drafts(405, lambda world: [*survey_version(world), "en", 1]),
    "questionnaire_add": drafts(404, survey_version),
    "questionnaire_part": drafts(200, lambda world: [*survey_version(world), "item", "often"]),
    "questionnaire_library": drafts(200),
    "questionnaire_library_entry": drafts(200, kept_question),
    "questionnaire_take": drafts(200, survey_version),
    "questionnaire_keep": drafts(200, lambda world: [*survey_version(world), "item", "often"]),
    "questionnaire_pictures": drafts(200, survey_version),
    "questionnaire_answer_pictures": drafts(200, lambda world: [*survey_version(world), "item", "often"]),
    "questionnaire_arrange": drafts(405, lambda world: [*survey_version(world), "item", "often"]),
    "calendar-days:index": staff(),
    "calendar-days:index_results": staff(),
    "calendar-days:add": staff(),
    "calendar-days:edit": staff(lambda world: [world["day"].pk]),
    "calendar-days:delete": staff(lambda world: [world["day"].pk]),
    "calendar-years:index": staff(),
    "calendar-years:index_results": staff(),
    "calendar-years:add": staff(),
    "calendar-years:edit": staff(lambda world: [world["year"].pk]),
    "clock-profiles:index": staff(),
    "clock-profiles:index_results": staff(),
    "clock-profiles:inspect": staff(lambda world: [world["profile"].pk]),
    "clock-profiles:edit": administrators(lambda world: [world["profile"].pk]),
    "clock-profiles:copy": administrators(lambda world: [world["profile"].pk]),
    "petition-rules:index": administrators(),
    "petition-rules:index_results": administrators(),
    "petition-rules:edit": administrators(lambda world: [PetitionRules.objects.get().pk]),
    "petition-reasons:index": administrators(),
    "petition-reasons:index_results": administrators(),
    "petition-reasons:add": administrators(),
    "petition-reasons:edit": administrators(lambda world: [RejectionReason.objects.first().pk]),
    "petition-thresholds:index": administrators(),
    "petition-thresholds:index_results": administrators(),
    "petition-thresholds:add": administrators(),
    "petition-thresholds:edit": administrators(lambda world: [Threshold.objects.first().pk]),
    "petition-limits:index": administrators(),
    "petition-limits:index_results": administrators(),
    "petition-limits:add": administrators(),
    "petition-limits:edit": administrators(lambda world: [RateLimit.objects.first().pk]),
    "departments:index": staff(),
    "departments:index_results": staff(),
    "departments:add": administrators(),
    "departments:edit": administrators(lambda world: [world["department"].pk]),
    "departments:delete": administrators(lambda world: [world["department"].pk]),
    "department-members:index": administrators(),
    "department-members:index_results": administrators(),
    "department-members:add": administrators(),
    "department-members:delete": Row((302, 404, 404, 404, 404, 404), first),
}
# Wagtail's and allauth's own pages: test_studio_sweep.py and tests/accounts look at them as groups.
SKIPPED_NAMESPACES: tuple[str, ...] = (
    "wagtail",
    "account_",
    "mfa_",
    "socialaccount",
    "openid_connect",
    "simple_translation",
    "django.",
)
