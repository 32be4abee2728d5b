"""The telephone desk: numbers, calls, appointments. `rules/` decides and knows no Django; docs/telephone.md."""
