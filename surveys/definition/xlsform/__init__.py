"""XLSForms (https://xlsform.org): read with every fault at its cell, made into a definition, and written."""

from surveys.definition.xlsform.converting import Conversion, convert
from surveys.definition.xlsform.exporting import Exported, Lost, export
from surveys.definition.xlsform.faults import Fault, Unsupported, Where
from surveys.definition.xlsform.form import Form
from surveys.definition.xlsform.reading import read_form
from surveys.definition.xlsform.table import export_table, read_table_form

__all__ = [
    "Conversion",
    "Exported",
    "Fault",
    "Form",
    "Lost",
    "Unsupported",
    "Where",
    "convert",
    "export",
    "export_table",
    "read_form",
    "read_table_form",
]
