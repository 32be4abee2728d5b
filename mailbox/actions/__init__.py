"""Every write of the mailbox; one verb, one transaction. A step ends in `steps.apply_step`, by the table of its kind.

Locks are taken in one order: the case (of two, the lower number first), then its rows, then the series of notices.
"""

from mailbox.actions.absences import end_absence, reassign_cases, set_absence
from mailbox.actions.acknowledge import acknowledge_handover
from mailbox.actions.answers import (
    DraftWords,
    answer_merged,
    answer_plainly,
    approve_draft,
    delegate_approval,
    hold_answer,
    return_draft,
    save_draft,
    send_answer,
    send_due_answers,
    share_draft,
    submit_draft,
    take_back_draft,
)
from mailbox.actions.consult import consult, give_opinion, note_silence, waive_opinion
from mailbox.actions.forgetting import forget_senders
from mailbox.actions.handle import (
    accept_case,
    ask_detail,
    assign_case,
    extend_case,
    give_detail,
    object_to_case,
    recount_clocks,
    route_case,
    run_due_steps,
    set_questions,
    settle_question,
)
from mailbox.actions.ratings import ask_review, decide_review, rate_case
from mailbox.actions.register import (
    NewCase,
    Representative,
    add_message,
    mark_suspect,
    open_from_channel,
    register_case,
    set_intake,
)
from mailbox.actions.relations import (
    link_cases,
    merge_case,
    merge_cases,
    move_case,
    release_merged,
    split_case,
    tag_cases,
    unlink_cases,
    unmerge_case,
    untag_case,
    withdraw_by_receipt,
    withdraw_case,
)
from mailbox.actions.resend import resend_notice
from mailbox.actions.steps import Given, take_step
from mailbox.actions.tallies import fold_tallies
from mailbox.actions.undo import tell_held, undo_step

__all__ = [
    "DraftWords",
    "Given",
    "NewCase",
    "Representative",
    "accept_case",
    "acknowledge_handover",
    "add_message",
    "answer_merged",
    "answer_plainly",
    "approve_draft",
    "ask_detail",
    "ask_review",
    "assign_case",
    "consult",
    "decide_review",
    "delegate_approval",
    "end_absence",
    "extend_case",
    "fold_tallies",
    "forget_senders",
    "give_detail",
    "give_opinion",
    "hold_answer",
    "link_cases",
    "mark_suspect",
    "merge_case",
    "merge_cases",
    "move_case",
    "note_silence",
    "object_to_case",
    "open_from_channel",
    "rate_case",
    "reassign_cases",
    "recount_clocks",
    "register_case",
    "release_merged",
    "resend_notice",
    "return_draft",
    "route_case",
    "run_due_steps",
    "save_draft",
    "send_answer",
    "send_due_answers",
    "set_absence",
    "set_intake",
    "set_questions",
    "settle_question",
    "share_draft",
    "split_case",
    "submit_draft",
    "tag_cases",
    "take_back_draft",
    "take_step",
    "tell_held",
    "undo_step",
    "unlink_cases",
    "unmerge_case",
    "untag_case",
    "waive_opinion",
    "withdraw_by_receipt",
    "withdraw_case",
]
