"""Every write of the journal: rooms `record`, the worker seals and takes checkpoints."""

from engage.journal.actions.checkpoints import take_checkpoint, take_due_checkpoints
from engage.journal.actions.rows import Target, record
from engage.journal.actions.sealing import seal

__all__ = ["Target", "record", "seal", "take_checkpoint", "take_due_checkpoints"]
