"""What surrounds comments: agreement, reports, organisations, replies, files, marked passages, other sites, paper."""
