"""Pictures: what is read out in their place, and whether words in them can stand out enough."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from lxml import etree
from PIL import Image, ImageColor

from engage.publishing.preflight.bundle import Attachment, Bundle, Checked, Finding, Form, Outside, Severity
from engage.publishing.preflight.rules.markup import Element, cut, is_hidden, name_of, parse, squeezed

# Characters; what is longer belongs under the picture, where everybody reads it.
ALT_MOST = {"zh-hans": 80, "en": 160}
CONTRAST_LEAST = 4.5  # WCAG 2.2, 1.4.3, text of ordinary size
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|heic|bmp|tiff?)$"
    r"|^(?:img|dsc|image|screenshot|微信图片|截图|屏幕截图|图片)[ _-]?\d*$",
    re.IGNORECASE,
)


def _source(element: Element) -> str:
    return unquote(urlsplit(element.get("src") or "").path.rpartition("/")[2]) or (element.get("src") or "")[:40]


def check_alternatives(bundle: Bundle, outside: Outside) -> Checked:
    """Look at the alternative text of every picture in every form."""
    looked_at, findings = 0, []
    for form in bundle.forms:
        document = parse(form.html)
        for element in document.each("img", "svg") if document else ():
            if is_hidden(element) or (element.tag == "svg" and element.get("role") != "img"):
                continue
            looked_at += 1
            findings += list(_alternative(form, element))
    return Checked("pictures", looked_at, findings)


def _alternative(form: Form, element: Element) -> Iterator[Finding]:
    source = _source(element) if element.tag == "img" else "svg"

    def found(code: str, severity: Severity, excerpt: str, **values: object) -> Finding:
        needle = element.get("src") or ""
        return Finding(code, severity, form.label, excerpt, form.fix_url, form.language, values, needle=needle)

    alt = element.get("alt")
    decorative = alt is not None and element.tag == "img" or element.get("role") in ("presentation", "none")
    name = name_of(element) or (squeezed(" ".join(element.xpath("./*[local-name()='title']//text()"))))
    if not name and not decorative:
        yield found("picture_silent", Severity.BLOCKS, source)
    elif name and (_FILE.search(name) or name.lower() == source.rpartition(".")[0].lower()):
        yield found("picture_file_name", Severity.WARNS, cut(name))
    elif len(name) > (most := ALT_MOST.get(form.language, 160)):
        yield found("picture_long", Severity.WARNS, cut(name), n=len(name), most=most)


# --- contrast of uploads --------------------------------------------------------------------------------------------


def luminance(red: int, green: int, blue: int) -> float:
    """Return the relative luminance of a colour of 0 to 255 each (WCAG 2.2, definition)."""
    parts = [value / 255 for value in (red, green, blue)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: float, other: float) -> float:
    """Return the contrast of two luminances (WCAG 2.2, definition), 1 to 21."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def check_contrast(bundle: Bundle, outside: Outside) -> Checked:
    """Say of each uploaded picture that words in it cannot be read, or, in one finding, that it cannot be told."""
    findings, unsure = [], []
    for picture in bundle.pictures:
        ratio = svg_contrast(picture.read()) if picture.name.lower().endswith(".svg") else best_contrast(picture.read())
        if ratio is None or (ratio >= CONTRAST_LEAST and not picture.name.lower().endswith(".svg")):
            unsure.append(picture)
        elif ratio < CONTRAST_LEAST:
            findings.append(_faint(picture, ratio))
    if unsure:
        names = cut(", ".join(picture.label for picture in unsure))
        findings.append(Finding("contrast_unsure", Severity.TELLS, excerpt=names, values={"n": len(unsure)}))
    return Checked("contrast", len(bundle.pictures), findings)


def _faint(picture: Attachment, ratio: float) -> Finding:
    values = {"ratio": f"{ratio:.1f}", "least": f"{CONTRAST_LEAST:g}"}
    return Finding("contrast_low", Severity.WARNS, picture.label, picture.name, picture.fix_url, values=values)


def best_contrast(content: bytes) -> float | None:
    """Return the contrast between the darkest and the lightest hundredth of a picture; None when it cannot be opened.

    No word in it can stand out more than that. That it could says nothing about where the words stand.
    """
    try:
        with Image.open(io.BytesIO(content)) as opened:
            opened.draft("RGB", (400, 400))
            if opened.width * opened.height > 100_000_000:
                return None
            picture = opened.convert("RGBA")
            picture.thumbnail((200, 200), Image.Resampling.NEAREST)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    plain = Image.new("RGBA", picture.size, "white")
    plain.alpha_composite(picture)
    lights = sorted(luminance(*colour) for colour in zip(*[iter(plain.convert("RGB").tobytes())] * 3, strict=True))
    aside = len(lights) // 100
    return contrast(lights[aside], lights[-1 - aside])


def svg_contrast(content: bytes) -> float | None:
    """Return the least contrast of a text of a drawing with the last area drawn below it; None when it cannot be told.

    Told only where every text and area has one plain colour and nothing is moved, styled apart or see-through.
    """
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    unclear = "//*[local-name()='style' or local-name()='image' or local-name()='use' or @transform or @class or @style"
    if root.xpath(f"{unclear} or @opacity or @fill-opacity or @mask or @filter or @clip-path]"):
        return None
    ground, ratios = luminance(255, 255, 255), []
    for element in root.iter("{*}rect", "{*}text", "{*}circle", "{*}path", "{*}polygon", "{*}ellipse"):
        own = _plain_colour(element)
        if own is None:
            return None
        if etree.QName(element).localname == "text":
            ratios.append(contrast(own, ground))
        elif etree.QName(element).localname == "rect":
            ground = own
        else:
            return None
    return min(ratios) if ratios else None


def _plain_colour(element: Element) -> float | None:
    fills = [above.get("fill") for above in (element, *element.iterancestors()) if above.get("fill")]
    try:
        colour = ImageColor.getrgb(fills[0] if fills else "black")
    except ValueError:
        return None
    return luminance(*colour[:3])
