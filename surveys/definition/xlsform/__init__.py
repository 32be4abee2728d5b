"""XLSForms (https://xlsform.org): read with every fault at its cell, made into a definition, and written."""

from surveys.definition.xlsform.converting import Conversion, convert
from surveys.definition.xlsform.faults import Fault, Unsupported, Where
from surveys.definition.xlsform.form import Form
from surveys.definition.xlsform.reading import read_form

__all__ = ["Conversion", "Fault", "Form", "Unsupported", "Where", "convert", "read_form"]
