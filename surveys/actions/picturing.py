"""Pictures that questionnaires show: taken in clean and small, and open to the public while what names them is."""

from __future__ import annotations

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
_KEPT_AS = {"image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp"}


def add_picture(upload: BinaryIO, name: str, *, actor: Actor) -> Picture:
    """Take a picture in; returns it, or the one of the same name and content that is there.

    Raises Refused("not_allowed"), Refused("survey_no_picture") for a file of another kind, and the codes of
    `engage.participation.attachments.inspect`.
    """
    check_editor(actor)
    # They bring the image library, which only taking a picture in needs.
    from PIL import Image

    from engage.participation.attachments import pictures as cleaning

    clean = held.check(upload, name)
    media_type = clean.inspected.media_type
    if media_type not in _KEPT_AS:
        raise Refused("survey_no_picture")
    content = cleaning.clean(clean.content, _KEPT_AS[media_type], paint=_small)
    with Image.open(BytesIO(content)) as picture:
        width, height = picture.size
    digest = sha256(content).hexdigest()
    stem = slugify(PurePath(name).stem)[:STEM_MOST] or "picture"
    stored = f"{stem}-{digest[:16]}.{clean.inspected.safe_name.rpartition('.')[2]}"
    with transaction.atomic():
        made, is_new = Picture.objects.get_or_create(
            name=stored,
            defaults={
                "media_type": media_type,
                "size": len(content),
                "sha256": digest,
                "width": width,
                "height": height,
                "added_by": actor if isinstance(actor, User) else None,
            },
        )
        if is_new:
            made.file.save(stored, ContentFile(content), save=False)
            try:
                made.save(update_fields=["file"])
                journal.record(actor, "questionnaire.picture_added", made, name=stored, sha256=digest)
            except BaseException:
                made.file.storage.delete(made.file.name or "")
                raise
    return made


def _small(picture: Image.Image) -> Image.Image:
    picture.thumbnail((SIDE_MOST, SIDE_MOST))
    return picture


def settle_pictures(version: Version) -> None:
    """Let the public see the pictures of a version, or no longer, in the caller's transaction.

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
