"""Press releases, signed articles, the media list and its monthly digest, sections of departments with own editors."""
