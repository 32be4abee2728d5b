"""Signature petitions: started, moderated, signed, counted exactly, and answered to everyone who signed."""
