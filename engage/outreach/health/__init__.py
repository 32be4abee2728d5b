"""Whether every channel works: tested by itself, told in public."""
