"""The one language of conditions, validations and calculated values: read, checked, evaluated, written. No eval."""

from surveys.definition.expressions.functions import FUNCTIONS, Kind
from surveys.definition.expressions.grammar import parse
from surveys.definition.expressions.printing import to_text
from surveys.definition.expressions.tree import MAX_LENGTH, ExpressionError, Node, references
from surveys.definition.expressions.xlsform import translate_xlsform

__all__ = [
    "FUNCTIONS",
    "MAX_LENGTH",
    "ExpressionError",
    "Kind",
    "Node",
    "parse",
    "references",
    "to_text",
    "translate_xlsform",
]
