"""Every write of the coding desk; one verb, one transaction.

Rows are locked in one order (consultation, themes, comment), so two people at work wait for each other and never
block each other.
"""

from consultations.coding.actions.blind import code_blind, draw_sample
from consultations.coding.actions.bulk import cancel_bulk, order_bulk, run_batch, take_back_bulk
from consultations.coding.actions.comments import finish_comment, reopen_comment
from consultations.coding.actions.decisions import DecisionInput, decide, withdraw_decision
from consultations.coding.actions.points import (
    WHOLE,
    Target,
    apply_new_theme,
    apply_theme,
    mark_points,
    remove_coding,
    unmark_point,
)
from consultations.coding.actions.themes import (
    edit_theme,
    make_theme,
    merge_theme,
    move_theme,
    retire_theme,
    shift_theme,
    split_theme,
)
from consultations.coding.actions.undo import undo_last

__all__ = [
    "WHOLE",
    "DecisionInput",
    "Target",
    "apply_new_theme",
    "apply_theme",
    "cancel_bulk",
    "code_blind",
    "decide",
    "draw_sample",
    "edit_theme",
    "finish_comment",
    "make_theme",
    "mark_points",
    "merge_theme",
    "move_theme",
    "order_bulk",
    "remove_coding",
    "reopen_comment",
    "retire_theme",
    "run_batch",
    "shift_theme",
    "split_theme",
    "take_back_bulk",
    "undo_last",
    "unmark_point",
    "withdraw_decision",
]
