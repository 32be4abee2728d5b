"""The release gate: nothing of a gated kind goes public without the sign-offs its kind needs, each on its hash."""
