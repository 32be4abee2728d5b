"""The evidence of a call: everything that came in about it on one page, with the method and its limits."""
