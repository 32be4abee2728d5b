"""The fonts that documents made on the server need; nothing is assumed of the machine."""

from pathlib import Path

FOLDER = Path(__file__).parent
CJK_FAMILY = "Noto Sans CJK SC"
