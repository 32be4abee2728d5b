"""The index: one row for each public thing in each language. Everything in it can be made again from its sources."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engage.search.fields import TermsField

if TYPE_CHECKING:
    from engage.accounts.actors import Actor


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    """Reads of the index."""

    def visible_to(self, actor: "Actor") -> "SearchEntryQuerySet":
        """Only public things are ever indexed, so all readers see the same; an embargo ends at its minute."""
        return self.filter(published_at__lte=timezone.now())


class SearchEntry(models.Model):
    """A thing to find. `owner_id` is the primary key of the object it comes from, `object_id` the thing itself.

    `folded` is what phrases are looked for in, `terms` what the engine's index holds (engage.search.terms).
    """

    kind = models.CharField(max_length=32)
    owner_id = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    title = models.TextField()
    body = models.TextField(blank=True)
    url = models.TextField()
    published_at = models.DateTimeField()
    department = models.ForeignKey(
        "departments.Department", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    folded = models.TextField(editable=False)
    terms = TermsField(editable=False)

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "owner_id", "object_id", "language"], name="search_entry_once_per_language"
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="search_entry_newest"),
            models.Index(fields=["kind", "-published_at", "-id"], name="search_entry_kind_newest"),
            models.Index(fields=["department", "-published_at", "-id"], name="search_entry_dept_newest"),
            models.Index(fields=["url"], name="search_entry_url"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} ({self.language})"
