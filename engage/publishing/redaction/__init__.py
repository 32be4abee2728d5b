"""Taking words, pictures and hidden data out of a file for good, with a proof."""
