"""Wagtail's choosers without the inline script that its forms carry: static/js/studio.js starts them instead.

Date fields and inline panels say the same through templates/wagtailadmin/. With these the Studio's pages run under a
policy that allows no inline script at all.
"""

import json
from typing import Any

from django.forms.renderers import BaseRenderer
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets import BaseChooser


def render_chooser(
    self: BaseChooser, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
) -> SafeString:
    """Render like `BaseChooser.render`, with what has to be started written into attributes.

    A chooser whose start is a plain call and no constructor (the one for tasks of a workflow) says so in `data-start`.
    """
    attrs = attrs or {}
    data = self.get_value_data(value)
    start = self.render_js_init(attrs["id"], name, data).partition("(")[0]
    return format_html(
        '{}<span hidden data-start="{}" data-start-id="{}" data-start-options="{}"></span>',
        SafeString(self.render_html(name, data, attrs)),
        start.removeprefix("new "),
        attrs["id"],
        json.dumps(self.get_js_init_options(attrs["id"], name, data)),
    )


def install() -> None:
    """Let every chooser of the Studio be rendered so."""
    BaseChooser.render = render_chooser
