"""Each role is a Django group of the same name with what it may do in the Studio.

The list is written out, not read from the code: what this migration once gave must not change when the code does.
"""

from django.db import migrations

from engage.accounts.permissions import (
    grant_collection,
    grant_model,
    grant_pages,
    grant_studio,
    role_group,
)

ROLES = [
    "citizen",
    "interviewer",
    "officer",
    "approver",
    "editor",
    "section_editor",
    "reviewer_legal",
    "reviewer_openness",
    "reviewer_secrecy",
    "analyst",
    "journalist",
    "administrator",
]
STUDIO = [
    "approver",
    "editor",
    "section_editor",
    "reviewer_legal",
    "reviewer_openness",
    "reviewer_secrecy",
    "administrator",
]


def make_roles(apps, schema_editor):
    for role in ROLES:
        role_group(apps, role)
    grant_studio(apps, STUDIO)
    grant_pages(apps, "editor", ["add", "change", "publish", "lock", "unlock"])
    grant_pages(apps, "approver", ["change", "publish"])
    grant_pages(apps, "administrator", ["add", "change", "publish", "bulk_delete", "lock", "unlock"])
    for role in ("editor", "administrator"):
        grant_collection(apps, role, "wagtailimages", "image", ["add", "change", "choose"])
        grant_collection(apps, role, "wagtaildocs", "document", ["add", "change", "choose"])
        grant_collection(apps, role, "wagtailcore", "collection", ["add", "change", "delete"])
    grant_model(apps, ["editor", "administrator"], "wagtailredirects", "redirect", ["add", "change", "delete"])
    grant_model(apps, ["editor"], "departments", "department", ["view"])
    grant_model(apps, ["administrator"], "departments", "department", ["add", "change", "delete", "view"])
    grant_model(apps, ["administrator"], "departments", "membership", ["add", "change", "delete", "view"])
    grant_model(apps, ["administrator"], "accounts", "user", ["add", "change", "view"])
    for model in ("site", "locale", "workflow", "task"):
        grant_model(apps, ["administrator"], "wagtailcore", model, ["add", "change", "delete"])


def remove_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("departments", "0001_initial"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
        ("wagtailredirects", "0008_add_verbose_name_plural"),
    ]

    operations = [migrations.RunPython(make_roles, remove_roles)]
