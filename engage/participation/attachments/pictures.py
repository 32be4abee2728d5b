"""Pictures: bounded, decoded, and encoded anew so that nothing but their pixels is kept."""

import io
import struct
import zlib
from collections.abc import Callable

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from engage.errors import Refused

# Largest photographs of telephones; three bytes each while decoded.
MAX_PIXELS = 64_000_000
# A line beyond this comes from a crafted header, never from a camera or a scanner.
MAX_SIDE = 30_000
# What is kept: enough to read a photographed page.
KEPT_SIDE = 4096
JPEG_QUALITY = 88

_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "HEIF", "gif": "GIF", "tiff": "TIFF"}
_KEPT_AS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "JPEG", "gif": "PNG"}
# What Pillow and the libraries under it raise on damaged pictures.
_FAULTS = (
    *(OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, AttributeError, RuntimeError),
    *(OverflowError, struct.error, zlib.error),
)

Paint = Callable[[Image.Image], Image.Image]

pillow_heif.register_heif_opener(thumbnails=False)


def check(content: bytes, kind: str) -> None:
    """Decode once. Raises Refused: "pixel_bomb", "truncated"."""
    try:
        with _opened(content, kind) as picture:
            picture.draft("RGB", (KEPT_SIDE // 8, KEPT_SIDE // 8))
            picture.load()
    except _FAULTS as error:
        raise Refused("truncated") from error


def clean(content: bytes, kind: str, *, paint: Paint | None = None) -> bytes:
    """Return the first frame, upright, in sRGB, at most KEPT_SIDE pixels a side, without any metadata.

    `paint` changes the pixels before they are encoded.

    Raises Refused: "pixel_bomb", "truncated".
    """
    try:
        with _opened(content, kind) as picture:
            picture.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
            picture.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
            plain = _plain_colours(ImageOps.exif_transpose(picture))
            return _encoded(paint(plain) if paint else plain, _KEPT_AS[kind])
    except _FAULTS as error:
        raise Refused("truncated") from error


def clean_heic(content: bytes) -> bytes:
    """Return a photograph of a telephone as `clean` does."""
    return clean(content, "heic")


def clean_tiff(content: bytes) -> bytes:
    """Return the first page of a scan inside a document as TIFF, without its tags of camera and author."""
    try:
        with _opened(content, "tiff") as picture:
            target = io.BytesIO()
            picture.load()
            plain = Image.new(picture.mode, picture.size)
            plain.paste(picture)
            plain.save(target, "TIFF", compression="tiff_lzw")
            return target.getvalue()
    except _FAULTS as error:
        raise Refused("truncated") from error


def _opened(content: bytes, kind: str) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content), formats=(_FORMATS[kind],))
    except Image.DecompressionBombError as error:
        raise Refused("pixel_bomb", max_pixels=MAX_PIXELS) from error
    width, height = picture.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise Refused("pixel_bomb", max_pixels=MAX_PIXELS)
    return picture


def _plain_colours(picture: Image.Image) -> Image.Image:
    """Return the picture as grey or sRGB, with transparency where it had some; its colour profile is applied."""
    if picture.mode.startswith("I"):
        # Sixteen bits a pixel; a plain conversion would cut them off at 255.
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode == "P" or "transparency" in picture.info:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        picture = _in_srgb(picture, profile)
    if picture.mode in {"1", "L", "LA", "RGB", "RGBA"}:
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        # A profile that does not fit its picture: browsers show the numbers as they are, and so do we.
        return picture
    return turned or picture


def _encoded(picture: Image.Image, form: str) -> bytes:
    # Savers fall back on what the source said (comment, exif, profile): leave them nothing to fall back on.
    picture.info = {}
    target = io.BytesIO()
    if form == "JPEG":
        if picture.has_transparency_data:
            ground = Image.new("RGB", picture.size, "white")
            ground.paste(picture.convert("RGB"), mask=picture.getchannel("A"))
            picture = ground
        picture.convert("L" if picture.mode in {"1", "L"} else "RGB").save(
            target, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True
        )
    elif form == "WEBP":
        picture.save(target, "WEBP", quality=JPEG_QUALITY, exif=b"", xmp=b"", icc_profile=b"")
    else:
        picture.save(target, "PNG", exif=b"", icc_profile=None)
    return target.getvalue()
