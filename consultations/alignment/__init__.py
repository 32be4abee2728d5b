"""Aligns two versions of a draft: what became of each article and of each paragraph. Pure: no Django, no database.

`align` is the way in; `compare` shows what changed in words, `anchors` finds a marked passage again.
"""

from consultations.alignment.align import Alignment, align
from consultations.alignment.links import RELATIONS, Link, Reason

__all__ = ["RELATIONS", "Alignment", "Link", "Reason", "align"]
