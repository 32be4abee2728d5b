"""Why a file is not taken, by the codes of `engage.participation.attachments`, as its sender reads it."""

from django.utils.translation import gettext_lazy as _

from engage.errors import Refused

FILE_FAULTS = {
    "empty": _("The file is empty. Choose another one"),
    "too_large": _("The file is too large: send at most 20 MB"),
    "unknown_type": _("We cannot open this file; send PDF, image, sound or document"),
    "type_mismatch": _("The file is not what its name says. Save it again and send it once more"),
    "encrypted": _("The file is locked with a password. Save it without one and send it once more"),
    "old_office": _("This is an old Office file. Save it as docx, xlsx or pptx and send it once more"),
    "has_macros": _("The file holds macros, which we do not take. Save it without them"),
    "active_content": _("The file holds something that runs by itself. Print it to PDF and send that"),
    "embedded_files": _("The file holds other files. Send those one by one"),
}
FILE_FAULT = _("We cannot read this file whole. Save it again, or print it to PDF and send that")


def file_fault(refusal: Refused) -> str:
    """Say why a file is not taken."""
    return str(FILE_FAULTS.get(refusal.code, FILE_FAULT))
