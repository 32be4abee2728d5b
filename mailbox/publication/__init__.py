"""Answers and disclosures that everybody may read: prepared at the desk, let go by the gate, frozen."""
