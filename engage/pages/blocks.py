"""StreamField blocks: prose whose HTML this site writes, so that every page stays accessible and strict."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock


class QuoteBlock(blocks.StructBlock):
    """Words of somebody, with who said them."""

    text = blocks.TextBlock(label=_("Words"))
    source = blocks.CharBlock(label=_("Who said it"), required=False)

    class Meta:
        template = "pages/blocks/quote.html"
        icon = "openquote"
        label = _("Quotation")


class NoticeBlock(blocks.StructBlock):
    """A framed notice."""

    title = blocks.CharBlock(label=_("Title"))
    text = blocks.TextBlock(label=_("Text"))

    class Meta:
        template = "pages/blocks/notice.html"
        icon = "warning"
        label = _("Notice")


def prose_blocks() -> list[tuple[str, blocks.Block]]:
    """Return the blocks of ordinary text."""
    return [
        ("heading", blocks.CharBlock(label=_("Heading"), icon="title", template="pages/blocks/heading.html")),
        (
            "paragraph",
            blocks.RichTextBlock(
                label=_("Text"),
                features=["bold", "italic", "link", "ol", "ul", "document-link"],
                template="pages/blocks/paragraph.html",
            ),
        ),
        (
            "list",
            blocks.ListBlock(
                blocks.CharBlock(label=_("Line")), label=_("List"), icon="list-ul", template="pages/blocks/list.html"
            ),
        ),
        ("quote", QuoteBlock()),
        ("notice", NoticeBlock()),
        ("image", ImageBlock(label=_("Picture"), template="pages/blocks/image.html")),
    ]
