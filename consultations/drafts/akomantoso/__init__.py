"""Akoma Ntoso 3.0 (OASIS LegalDocML), the format that parliaments exchange drafts in, read and written."""

from consultations.drafts.akomantoso.reader import is_akoma_ntoso, read_akoma_ntoso
from consultations.drafts.akomantoso.writer import Publication, to_akoma_ntoso

__all__ = ["Publication", "is_akoma_ntoso", "read_akoma_ntoso", "to_akoma_ntoso"]
