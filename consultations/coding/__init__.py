"""Turning comments into points, points into themes, and each into a decision with a reason."""
