"""Studies: waves of asking against each other, and whom they reached of the population. docs/studies.md."""
