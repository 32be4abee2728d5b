"""Reads one mail: pure, fetches nothing, raises nothing, loses no attachment.

read = reading.read_mail(raw)
read.text, read.attachments, read.bounces, read.auto_reply
"""

from mailbox.post.reading.bounces import Bounce
from mailbox.post.reading.mail import Attached, Mail, read_mail
from mailbox.post.reading.parts import LIMITS, Limits

__all__ = ["LIMITS", "Attached", "Bounce", "Limits", "Mail", "read_mail"]
