"""The JSON Schema (draft 2020-12) of the definition, made from its classes.

`python -m surveys.definition.schema` prints what stands in docs/questionnaire.schema.json.
"""

import json
import sys
from typing import Any

from surveys.definition.model import FORMAT, OWN_PROPERTIES, QUESTION_TYPES, SPECIAL_PROPERTIES, Definition

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema as JSON values. It says less than `parse`: names and syntax of expressions are beyond it."""
    made = Definition.model_json_schema()
    question = made["$defs"]["Question"]
    question["allOf"] = [_rule(kind) for kind in QUESTION_TYPES]
    return {"$schema": DIALECT, "$id": f"urn:{FORMAT.replace('/', ':')}", **made}


def written() -> str:
    """The schema as text, as it stands in the documentation."""
    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _rule(kind: str) -> dict[str, Any]:
    """Properties of other types are not taken."""
    foreign = sorted(SPECIAL_PROPERTIES - OWN_PROPERTIES.get(kind, frozenset()))
    return {
        "if": {"properties": {"type": {"const": kind}}},
        "then": {"properties": dict.fromkeys(foreign, False)},
    }


if __name__ == "__main__":
    sys.stdout.write(written())
