"""What everybody reads: lists, a petition with its curve and map, data, poster, picture."""
