"""What the Studio's roles may do with topics and the office, and no names in it that only Wagtail knows.

Wagtail brings two groups and a workflow of its own. Engage has its roles, so they go; the page above both home pages
gets a name that can be read in both languages.
"""

from django.db import migrations

from engage.accounts.permissions import grant_model

ROOT = "民意通 Engage"


def arrange(apps, schema_editor):
    grant_model(apps, ["editor", "administrator"], "pages", "topic", ["add", "change", "delete"])
    grant_model(apps, ["administrator"], "pages", "office", ["change"])
    apps.get_model("wagtailcore", "Workflow").objects.filter(name="Moderators approval").delete()
    apps.get_model("wagtailcore", "GroupApprovalTask").objects.filter(name="Moderators approval").delete()
    apps.get_model("auth", "Group").objects.filter(name__in=["Moderators", "Editors"]).delete()
    apps.get_model("wagtailcore", "Page").objects.filter(depth=1, title="Root").update(title=ROOT, draft_title=ROOT)


def name_root_as_before(apps, schema_editor):
    """Wagtail's own groups and workflow are not needed to go back; Engage never used them."""
    apps.get_model("wagtailcore", "Page").objects.filter(depth=1, title=ROOT).update(title="Root", draft_title="Root")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_roles"),
        ("pages", "0001_initial"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
    ]

    operations = [migrations.RunPython(arrange, name_root_as_before)]
