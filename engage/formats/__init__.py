"""How dates, times and numbers are written, by language; only what differs from Django's own formats."""
