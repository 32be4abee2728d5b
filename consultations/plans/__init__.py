"""The forward plan: policies to come, how far each is, and who wants to hear when it moves."""
