"""An outcome as plain data in one language: what the API answers and the JSON file holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from consultations.outcomes.models import Outcome
from consultations.outcomes.queries.published import Breakdown, Shown


def tables_as_data(tables: Sequence[Breakdown]) -> list[dict[str, Any]]:
    """Return who took part, hidden counts as null beside the reason why."""
    return [
        {
            "by": table.code,
            "withheld": not table.cells,
            "groups": [{"label": cell.label, "people": cell.count, "hidden": cell.mark} for cell in table.cells],
        }
        for table in tables
    ]


def as_data(outcome: Outcome, shown: Shown) -> dict[str, Any]:
    """Return the public content of an outcome, hidden counts as null beside the reason why."""
    return {
        "call": shown.content["call"],
        "number": shown.content["number"],
        "version": shown.content["version"],
        "version_after": shown.content["version_after"],
        "language": shown.language,
        "sha256": outcome.content_hash,
        "published_at": outcome.published_at.isoformat() if outcome.published_at else None,
        "summary": shown.texts.get("summary", ""),
        "method": shown.texts.get("method", ""),
        "next_steps": shown.texts.get("next_steps", ""),
        "totals": shown.totals,
        "took_part": tables_as_data(shown.took_part),
        "clauses": [
            {
                "key": row.key,
                "title": row.title,
                "changed": row.changed,
                "removed": row.removed,
                "pieces": [
                    {"op": op, "text": words} for op, words in content["pieces"].get(row.language or shown.language, [])
                ],
                "language": row.language or shown.language,
                "comments": row.comments,
                "people": row.people,
                "points": row.points,
                "headline": row.headline,
                "reason": row.reason,
                "said": [
                    {
                        "theme": said.name,
                        "points": said.points,
                        "decisions": [
                            {
                                "decision": decision.disposition,
                                "points": decision.points,
                                "reason": decision.reason,
                                "forwarded": decision.forwarded,
                                "department": decision.department,
                            }
                            for decision in said.decisions
                        ],
                    }
                    for said in row.said
                ],
                "quotes": [
                    {"comment": quote.comment, "text": quote.text, "language": quote.language} for quote in row.quotes
                ],
            }
            for row, content in zip(shown.rows, shown.content["rows"], strict=True)
        ],
    }
