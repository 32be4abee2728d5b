"""The name under which a file is kept and handed out."""

import re
import unicodedata

MAX_NAME_CHARACTERS = 80

_FORBIDDEN = re.compile(r'[<>:"|?*%;&$`~^#{}\[\]\'\\/]+')
_GAPS = re.compile(r"[\s_]+")
# Names that old file systems keep for devices.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?\Z", re.IGNORECASE)


def ending(name: str) -> str:
    """Return the part after the last full stop in small letters, "" when there is none."""
    _stem, dot, last = name.rpartition(".")
    return last.strip().lower() if dot else ""


def safe_name(name: str, extension: str) -> str:
    """Return a name without a path, invisible or reserved characters, ending in `.extension` only.

    The ending comes from the content, so `report.exe` that is a picture becomes `report.jpg`.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Categories C: control, format (right-to-left overrides, zero width), surrogate, private, unassigned.
    visible = "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in last)
    stem = visible.rpartition(".")[0] or visible
    stem = _GAPS.sub("_", _FORBIDDEN.sub("_", stem)).strip("._- ")[:MAX_NAME_CHARACTERS].rstrip("._- ")
    if not stem or _DEVICES.match(stem):
        stem = "file" if not stem else f"file_{stem}"
    return f"{stem}.{extension}"
