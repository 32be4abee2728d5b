"""Every read of petitions."""
