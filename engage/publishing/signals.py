"""What others hear of a release."""

from django.dispatch import Signal

# Sent inside the transaction with `release` when it was handed in, brought up to date, decided, taken back or let go.
moved = Signal()
