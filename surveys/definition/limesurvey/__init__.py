"""Surveys of LimeSurvey (.lss): read safely, made into a definition, everything that is not carried over named."""

from surveys.definition.limesurvey.converting import Conversion, convert
from surveys.definition.limesurvey.faults import Fault, LeftOut, Place
from surveys.definition.limesurvey.reading import Survey, read_survey

__all__ = ["Conversion", "Fault", "LeftOut", "Place", "Survey", "convert", "read_survey"]
