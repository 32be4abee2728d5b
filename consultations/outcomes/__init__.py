"""The published answer to a consultation: clause by clause, what people said, what was decided, the words after."""
