"""What thresholds earn: answers, debates and hearings, and who is told."""
