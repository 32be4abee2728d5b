"""The one language of conditions, validations and calculated values: read, checked, evaluated, written. No eval."""

from surveys.definition.expressions.checking import Problem, check, kind_of, literal_comparisons
from surveys.definition.expressions.evaluation import Budget, Context, drawn_number, evaluate, holds
from surveys.definition.expressions.functions import FUNCTIONS, Kind
from surveys.definition.expressions.grammar import parse
from surveys.definition.expressions.printing import to_text
from surveys.definition.expressions.tree import MAX_LENGTH, ExpressionError, Node, references, walk
from surveys.definition.expressions.values import Column, Value, as_boolean, as_number, as_text, is_empty
from surveys.definition.expressions.xlsform import translate_xlsform

__all__ = [
    "FUNCTIONS",
    "MAX_LENGTH",
    "Budget",
    "Column",
    "Context",
    "ExpressionError",
    "Kind",
    "Node",
    "Problem",
    "Value",
    "as_boolean",
    "as_number",
    "as_text",
    "check",
    "drawn_number",
    "evaluate",
    "holds",
    "is_empty",
    "kind_of",
    "literal_comparisons",
    "parse",
    "references",
    "to_text",
    "translate_xlsform",
    "walk",
]
