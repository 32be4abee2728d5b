"""What changed between two wordings of a draft; the comparing is the platform's."""

from engage.diffs import Piece, clusters, diff

__all__ = ["Piece", "clusters", "diff"]
