"""Interpretation packs: what a draft or a final document means, block by block beside its clauses."""
