"""Answering a questionnaire on the web: start page, pages one by one, putting aside, check, receipt."""
