"""Signing: the form, the letter with one link, its confirmation, withdrawing, news."""
