"""Who follows what, and the letters, pushes and feeds that tell them."""
