"""Lines of a Word document (.docx), with its automatic numbers computed and nothing dropped without a word."""

from consultations.drafts.word.body import word_lines

__all__ = ["word_lines"]
