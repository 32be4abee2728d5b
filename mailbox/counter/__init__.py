"""What comes over the counter, by telephone and by post: keyed in by an officer, with a slip for the sender."""
