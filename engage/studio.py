"""What the rooms' Studio screens share: Wagtail's views list and ask, an action of the room writes."""

from typing import Any

from django.urls import URLPattern
from wagtail.admin.viewsets.model import ModelViewSet

from engage.errors import Refused
from engage.pages.messages import refusal_message


class RefusalsInForm:
    """A refusal of the action is shown on the form, with everything that was typed."""

    def form_valid(self, form: Any) -> Any:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except Refused as refusal:
            form.add_error(None, refusal_message(refusal))
            self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined]


class WithoutHistory(ModelViewSet):
    """The journal keeps the history; nothing is referred to by rich text, so there is no usage to count either."""

    add_to_reference_index = False
    unused_views = {"history", "history_results", "usage"}

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        unused = {f"{name}_url_name": None for name in self.unused_views if name != "history_results"}
        return super().get_common_view_kwargs(**{**unused, **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in self.unused_views]
