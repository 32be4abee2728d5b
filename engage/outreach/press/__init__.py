"""Press releases, signed articles, the media list, sections of departments."""
