"""What a migration calls to give a role (a Django group of the same name) its permissions.

On a fresh database the migrations run before Django creates its permissions, so they are created here when they are
missing; Django later finds them and leaves them alone. Every function takes the historical `apps` of the migration.
"""

from collections.abc import Iterable
from typing import Any

from django.db.migrations.state import StateApps


def role_group(apps: StateApps, role: str) -> Any:
    """Return the group of a role, creating it."""
    return apps.get_model("auth", "Group").objects.get_or_create(name=role)[0]


def permission(apps: StateApps, app_label: str, model: str, codename: str) -> Any:
    """Return a permission (`codename` whole, as "add_user"), creating it and its content type."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    name = f"Can {codename.replace('_', ' ')}"
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )[0]


def grant_model(apps: StateApps, roles: Iterable[str], app_label: str, model: str, verbs: Iterable[str]) -> None:
    """Let the roles add, change, delete or view a model; `verbs` are the first halves of the codenames."""
    for verb in verbs:
        wanted = permission(apps, app_label, model, f"{verb}_{model}")
        for role in roles:
            role_group(apps, role).permissions.add(wanted)


def grant_studio(apps: StateApps, roles: Iterable[str]) -> None:
    """Let the roles into the Studio."""
    wanted = permission(apps, "wagtailadmin", "admin", "access_admin")
    for role in roles:
        role_group(apps, role).permissions.add(wanted)


def grant_pages(apps: StateApps, role: str, verbs: Iterable[str]) -> None:
    """Let a role do this on every page (Wagtail: below the root)."""
    root = apps.get_model("wagtailcore", "Page").objects.filter(depth=1).order_by("path").first()
    for verb in verbs:
        apps.get_model("wagtailcore", "GroupPagePermission").objects.get_or_create(
            group=role_group(apps, role), page=root, permission=permission(apps, "wagtailcore", "page", f"{verb}_page")
        )


def grant_collection(apps: StateApps, role: str, app_label: str, model: str, verbs: Iterable[str]) -> None:
    """Let a role do this with the images or documents of every collection."""
    root = apps.get_model("wagtailcore", "Collection").objects.filter(depth=1).order_by("path").first()
    for verb in verbs:
        apps.get_model("wagtailcore", "GroupCollectionPermission").objects.get_or_create(
            group=role_group(apps, role),
            collection=root,
            permission=permission(apps, app_label, model, f"{verb}_{model}"),
        )
