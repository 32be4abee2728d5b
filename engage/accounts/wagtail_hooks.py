"""What the Studio knows of this room."""

from wagtail import hooks

from engage.accounts.studio import GiveRole, OpenOrClose

# After Wagtail's own of the same names, which write no journal.
for bulk_action in (GiveRole, OpenOrClose):
    hooks.register("register_bulk_action", bulk_action, order=100)
