"""The kinds of file that may be attached, and the form in which each is kept."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FileKind:
    """`names` are the endings people give such files; media type and extension are those of the cleaned file."""

    name: str
    family: str
    media_type: str
    extension: str
    names: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

KINDS = {
    kind.name: kind
    for kind in (
        FileKind("jpeg", "image", "image/jpeg", "jpg", ("jpg", "jpeg", "jpe", "jfif")),
        FileKind("png", "image", "image/png", "png", ("png", "apng")),
        FileKind("webp", "image", "image/webp", "webp", ("webp",)),
        # No browser but one shows HEIC, and a moving GIF is kept as its first frame.
        FileKind("heic", "image", "image/jpeg", "jpg", ("heic", "heif", "hif")),
        FileKind("gif", "image", "image/png", "png", ("gif",)),
        FileKind("pdf", "pdf", "application/pdf", "pdf", ("pdf",)),
        FileKind("docx", "docx", _OOXML + "wordprocessingml.document", "docx", ("docx",)),
        FileKind("xlsx", "xlsx", _OOXML + "spreadsheetml.sheet", "xlsx", ("xlsx",)),
        FileKind("pptx", "pptx", _OOXML + "presentationml.presentation", "pptx", ("pptx",)),
        FileKind("odt", "odt", _ODF + "text", "odt", ("odt",)),
        FileKind("ods", "ods", _ODF + "spreadsheet", "ods", ("ods",)),
        # A table as text keeps the ending of text: a spreadsheet program would run the formulas in a .csv.
        FileKind("text", "text", "text/plain; charset=utf-8", "txt", ("txt", "text", "md", "csv", "tsv", "log")),
        FileKind("mp3", "audio", "audio/mpeg", "mp3", ("mp3",)),
        FileKind("m4a", "audio", "audio/mp4", "m4a", ("m4a", "mp4", "3gp", "aac")),
        FileKind("ogg", "audio", "audio/ogg", "ogg", ("ogg", "oga", "opus")),
        FileKind("wav", "audio", "audio/wav", "wav", ("wav",)),
    )
}

CLAIMED_BY_NAME = {ending: kind for kind in KINDS.values() for ending in kind.names}
