"""The questionnaire: one definition for web, phone and paper, its expressions and what it is read from. No Django."""
