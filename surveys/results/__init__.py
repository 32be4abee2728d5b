"""What came of a survey: answers kept in columns, tables made from them, pages and files that show them."""
