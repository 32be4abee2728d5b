"""Every write of petitions."""
