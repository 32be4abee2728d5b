"""One item, a variant for each channel, and a ledger of what became of every delivery."""
