"""The first consent text: what senders of comments agree to."""

from datetime import UTC, datetime

from django.db import migrations

# Earlier than any submission of any installation.
VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)

TEXTS = {
    "comment-publication": (
        "提交后，文字会公开，公开前去掉其中的个人信息。邮箱加密保存，只用来给你发回执和结果，一年后删除，不会公开。",
        "What you write is published after personal data in it has been hidden. Your e-mail is kept encrypted, used only "
        "to send you the receipt and the result, deleted after a year and never shown.",
    ),
}


def write_texts(apps, schema_editor):
    text_model = apps.get_model("participation", "ConsentText")
    for code, (zh, en) in TEXTS.items():
        text_model.objects.get_or_create(
            code=code, version=1, defaults={"text_zh": zh, "text_en": en, "valid_from": VALID_FROM}
        )


def remove_texts(apps, schema_editor):
    apps.get_model("participation", "ConsentText").objects.filter(code__in=TEXTS, version=1, consent=None).delete()


class Migration(migrations.Migration):
    dependencies = [("participation", "0001_initial")]

    operations = [migrations.RunPython(write_texts, remove_texts)]
