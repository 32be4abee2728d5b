"""Everything that carries a publication to people: campaigns, channels, follows, press, and whether channels work."""
