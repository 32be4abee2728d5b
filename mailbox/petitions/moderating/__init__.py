"""The moderators' desk: queue with clocks, decisions, notes and tags."""
