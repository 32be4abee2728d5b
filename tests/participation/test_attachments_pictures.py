"""Pictures lose where and by whom they were taken, and keep what they show."""

import io

import pillow_heif
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from engage.errors import Refused
from engage.participation.attachments import inspect, sanitise
from engage.participation.attachments.pictures import KEPT_SIDE
from engage.participation.attachments.traces import without_traces

pytestmark = pytest.mark.sqlite_only

SECRET = b"Zhang San, Camera 4711"
GPS, MAKER, ORIENTATION, ARTIST = 0x8825, 0x010F, 0x0112, 0x013B
FORMS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "HEIF"}
KEPT_AS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "JPEG", "gif": "PNG"}


def exif(orientation: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[ORIENTATION] = orientation
    made[ARTIST] = SECRET.decode()
    made[MAKER] = "Camera 4711"
    made.get_ifd(GPS).update({1: "N", 2: (39.0, 54.0, 27.0), 3: "E", 4: (116.0, 23.0, 17.0)})
    return made


def picture(form: str, *, mode: str = "RGB", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    pillow_heif.register_heif_opener()
    target = io.BytesIO()
    Image.new(mode, size, "red" if mode in {"RGB", "RGBA"} else 0).save(target, form, **options)
    return target.getvalue()


def cleaned(content: bytes, name: str) -> Image.Image:
    kept = sanitise(inspect(content, name=name), content)
    shown = Image.open(io.BytesIO(kept))
    shown.load()
    return shown


@pytest.mark.parametrize("kind", FORMS)
def test_place_author_and_camera_are_gone(kind: str) -> None:
    content = picture(FORMS[kind], exif=exif())
    assert SECRET in content
    inspected = inspect(io.BytesIO(content), name=f"photo.{kind}")
    assert (inspected.kind, inspected.size) == (kind, len(content))
    kept = sanitise(inspected, content)
    assert SECRET not in kept
    assert b"Exif" not in kept
    shown = Image.open(io.BytesIO(kept))
    assert shown.format == KEPT_AS[kind]
    assert not shown.getexif()
    assert shown.size == (64, 48)
    assert shown.convert("RGB").getpixel((5, 5))[0] > 240
    assert inspect(kept, name=inspected.safe_name).media_type == inspected.media_type


def test_comments_text_chunks_and_profiles_are_gone() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET.decode()}</x>")
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    png = picture("PNG", pnginfo=text, icc_profile=profile)
    jpeg = picture("JPEG", comment=SECRET, icc_profile=profile)
    for content, name in ((png, "a.png"), (jpeg, "a.jpg")):
        assert SECRET in content
        assert SECRET not in sanitise(inspect(content, name=name), content)
        assert "icc_profile" not in cleaned(content, name).info


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_picture_taken_sideways_is_kept_upright(orientation: int) -> None:
    target = io.BytesIO()
    made = Image.new("RGB", (64, 32), "blue")
    made.paste("red", (0, 0, 16, 32))
    made.save(target, "JPEG", exif=exif(orientation), quality=95)
    shown = cleaned(target.getvalue(), "photo.jpg").convert("RGB")
    if orientation == 3:
        assert shown.size == (64, 32)
        assert shown.getpixel((60, 16))[0] > 200
    else:
        assert shown.size == (32, 64)
        assert shown.getpixel((16, 2 if orientation == 6 else 62))[0] > 200


def test_a_huge_photograph_is_kept_smaller() -> None:
    shown = cleaned(picture("JPEG", size=(KEPT_SIDE * 2, 100)), "wide.jpg")
    assert shown.size == (KEPT_SIDE, 50)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(Refused) as refused:
        inspect(picture("PNG", mode="1", size=(16_000, 4_001)), name="big.png")
    assert refused.value.code == "pixel_bomb"


def test_a_heic_of_too_many_pixels_is_refused() -> None:
    content = picture("HEIF")
    # The size stands in the ispe box, after its version and flags.
    place = content.index(b"ispe") + 8
    huge = content[:place] + (30_000).to_bytes(4, "big") * 2 + content[place + 8 :]
    with pytest.raises(Refused) as refused:
        inspect(huge, name="big.heic")
    assert refused.value.code in {"pixel_bomb", "truncated"}


def test_the_first_frame_of_a_moving_gif_is_kept() -> None:
    target = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], comment=SECRET)
    content = target.getvalue()
    inspected = inspect(content, name="moving.gif")
    assert (inspected.media_type, inspected.safe_name) == ("image/png", "moving.png")
    shown = cleaned(content, "moving.gif")
    assert getattr(shown, "n_frames", 1) == 1
    assert shown.convert("RGB").getpixel((3, 3)) == (255, 0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_colour_mode_of_png_is_kept(mode: str) -> None:
    assert cleaned(picture("PNG", mode=mode), "scan.png").size == (64, 48)


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    target = io.BytesIO()
    Image.new("I;16", (8, 8), 32_768).save(target, "PNG")
    assert cleaned(target.getvalue(), "scan.png").getpixel((1, 1)) == 128


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_every_colour_mode_of_jpeg_is_kept(mode: str) -> None:
    assert cleaned(picture("JPEG", mode=mode), "scan.jpg").size == (64, 48)


def test_a_transparent_picture_stays_transparent() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 255, 0)).save(target, "PNG")
    assert cleaned(target.getvalue(), "logo.png").getpixel((1, 1))[3] == 0


@pytest.mark.parametrize("kind", FORMS)
def test_a_picture_that_is_cut_off_is_refused(kind: str) -> None:
    target = io.BytesIO()
    pillow_heif.register_heif_opener()
    Image.effect_noise((200, 200), 90).convert("RGB").save(target, FORMS[kind])
    content = target.getvalue()
    with pytest.raises(Refused) as refused:
        inspect(content[: len(content) // 2], name=f"photo.{kind}")
    assert refused.value.code == "truncated"


def test_a_picture_of_another_format_than_its_name_is_taken_as_what_it_is() -> None:
    inspected = inspect(picture("PNG"), name="photo.jpg")
    assert (inspected.kind, inspected.safe_name) == ("png", "photo.png")


def test_a_picture_called_a_document_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        inspect(picture("PNG"), name="letter.pdf")
    assert refused.value.code == "type_mismatch"


# --- Pictures inside documents -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_in_a_document_loses_its_traces_and_no_pixel(form: str) -> None:
    options = {"comment": SECRET} if form == "GIF" else {"exif": exif()}
    content = picture(form, **options)
    assert SECRET in content
    bare = without_traces(content)
    assert SECRET not in bare
    assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(io.BytesIO(content)).tobytes()
    assert without_traces(bare) == bare


def test_what_follows_the_end_of_a_photograph_is_left_out() -> None:
    bare = without_traces(picture("JPEG", progressive=True) + b"ftypmp42" + SECRET)
    assert SECRET not in bare
    assert bare.endswith(b"\xff\xd9")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_no_cut_makes_the_cleaning_of_a_picture_fall_over(form: str) -> None:
    content = picture(form, size=(24, 24))
    for length in range(len(content)):
        try:
            assert len(without_traces(content[:length])) <= length + 8
        except Refused as refused:
            assert refused.code == "truncated"
