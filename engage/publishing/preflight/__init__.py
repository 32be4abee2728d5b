"""What a content lacks before it is handed in, and what of the published has grown old."""
