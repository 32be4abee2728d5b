"""Pictures, sounds and films that questionnaires show: taken in clean, open to the public while what names them is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.text import slugify

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import held
from surveys.actions.writing import check_editor
from surveys.answering.sheets import ANSWERABLE
from surveys.definition import pictures
from surveys.models import Picture, Version

if TYPE_CHECKING:
    from PIL import Image

# A side, in pixels: twice the width of the column, for dense screens; a telephone loads it in a moment.
SIDE_MOST = 1600
STEM_MOST = 60
_STEMS = {"image": "picture", "audio": "sound", "video": "film"}
_KEPT_AS = {"image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True)
class _Taken:
    """A file as it is kept: media type, ending of its name, width and height in pixels (of a sound 0)."""

    media_type: str
    ending: str
    width: int
    height: int
    content: bytes


def add_picture(
    upload: BinaryIO, name: str, *, kinds: Collection[pictures.Kind] = pictures.IMAGES, actor: Actor
) -> Picture:
    """Take a picture in, or where `kinds` say so a sound or film; returns it, or the one of its name and content.

    Raises Refused("not_allowed"), Refused("survey_no_picture") and Refused("survey_no_sound") for a file of another
    kind, and the codes of `engage.participation.attachments.inspect`.
    """
    check_editor(actor)
    taken = _taken(upload, name)
    kind = taken.media_type.partition("/")[0] if taken is not None else ""
    if taken is None or kind not in kinds:
        raise Refused("survey_no_picture" if "image" in kinds else "survey_no_sound")
    digest = sha256(taken.content).hexdigest()
    stem = slugify(PurePath(name).stem)[:STEM_MOST] or _STEMS[kind]
    stored = f"{stem}-{digest[:16]}.{taken.ending}"
    with transaction.atomic():
        made, is_new = Picture.objects.get_or_create(
            name=stored,
            defaults={
                "media_type": taken.media_type,
                "size": len(taken.content),
                "sha256": digest,
                "width": taken.width,
                "height": taken.height,
                "added_by": actor if isinstance(actor, User) else None,
            },
        )
        if is_new:
            made.file.save(stored, ContentFile(taken.content), save=False)
            try:
                made.save(update_fields=["file"])
                journal.record(actor, "questionnaire.picture_added", made, name=stored, sha256=digest)
            except BaseException:
                made.file.storage.delete(made.file.name or "")
                raise
    return made


def _taken(upload: BinaryIO, name: str) -> _Taken | None:
    """Tell a file by its content and clean it; None for one that is no picture, sound or film."""
    # They bring the image library, which only taking a picture in needs.
    from PIL import Image

    from engage.participation.attachments import MAX_BYTES, film
    from engage.participation.attachments import pictures as cleaning

    content = upload.read(MAX_BYTES + 1)
    upload.seek(0)
    if len(content) <= MAX_BYTES and film.is_film(content):
        try:
            shown = film.clean(content)
        except Refused as refused:
            if refused.code != "unknown_type":
                raise
            raise Refused("survey_no_sound") from refused
        return _Taken(shown.media_type, shown.extension, shown.width, shown.height, shown.content)
    clean = held.check(upload, name)
    media_type, ending = clean.inspected.media_type, clean.inspected.safe_name.rpartition(".")[2]
    if media_type.startswith("audio/"):
        return _Taken(media_type, ending, 0, 0, clean.content)
    if media_type not in _KEPT_AS:
        return None
    small = cleaning.clean(clean.content, _KEPT_AS[media_type], paint=_small)
    with Image.open(BytesIO(small)) as picture:
        return _Taken(media_type, ending, *picture.size, small)


def _small(picture: Image.Image) -> Image.Image:
    picture.thumbnail((SIDE_MOST, SIDE_MOST))
    return picture


def settle_pictures(version: Version) -> None:
    """Let the public see the pictures, sounds and films of a version, or no longer, in the caller's transaction.

    To be called when its state has changed.
    """
    names = pictures.names(version.parsed)
    if not names:
        return
    # One after another: what is taken down beside it sees what is public by then.
    list(Picture.objects.filter(name__in=names).order_by("pk").select_for_update())
    if version.state in ANSWERABLE:
        Picture.objects.filter(name__in=names).update(is_public=True)
        return
    others = Version.objects.filter(state__in=ANSWERABLE).exclude(pk=version.pk)
    told = others.annotate(told=Cast("definition", TextField()))
    for name in names:
        if not any(name in pictures.names(other.parsed) for other in told.filter(told__contains=name)):
            Picture.objects.filter(name=name).update(is_public=False)
