"""What happens to a call while it runs: extensions, withdrawal, the documents laid open with it."""
