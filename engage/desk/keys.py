"""The keys of a queue or a page, for the sheet and the line under the table."""

from django.utils.translation import gettext_lazy as _

from engage.desk.registry import DeskPage, Key, Queue

MOVE = Key(("j", "k"), _("Next row, previous row"))
OPEN = Key(("Enter",), _("Open the row"))
VIEWS = Key(("1", "–", "9"), _("The view of that number"))
UNDO = Key(("z",), _("Undo the last action"))
SEARCH = Key(("/",), _("Search"))
SHEET = Key(("?",), _("This sheet"))
LEAVE = Key(("Esc",), _("Close the sheet, leave the search"))


def key_sheet(queue: Queue) -> list[Key]:
    """List every key that works in a queue."""
    letters = [Key((action.key,), action.label) for action in queue.actions if action.key]
    search = [SEARCH] if queue.searchable else []
    return [MOVE, OPEN, VIEWS, *letters, *queue.keys, UNDO, *search, SHEET, LEAVE]


def page_sheet(page: DeskPage) -> list[Key]:
    """List every key that works on a page that is no queue."""
    return [*page.keys, SHEET, LEAVE]
