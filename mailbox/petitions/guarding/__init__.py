"""Against fraud: limits, lists, trends, orders that take signatures out of the count."""
