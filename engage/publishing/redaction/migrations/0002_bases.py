"""The legal bases that every office starts with: Regulations on Open Government Information (2019), articles 14 to 16."""

from typing import Any

from django.db import migrations

BASES = (
    (
        "state-secret",
        "国家秘密",
        "State secret",
        "《政府信息公开条例》第十四条",
        "Open Government Information, art. 14",
    ),
    (
        "commercial-secret",
        "商业秘密",
        "Commercial secret",
        "《政府信息公开条例》第十五条",
        "Open Government Information, art. 15",
    ),
    (
        "personal-privacy",
        "个人隐私",
        "Personal privacy",
        "《政府信息公开条例》第十五条",
        "Open Government Information, art. 15",
    ),
    (
        "internal-process",
        "内部事务或过程性信息",
        "Internal process",
        "《政府信息公开条例》第十六条",
        "Open Government Information, art. 16",
    ),
    ("other", "其他（须写明）", "Other, in words", "", ""),
)


def write(apps: Any, schema_editor: Any) -> None:
    basis = apps.get_model("redaction", "Basis")
    for position, (code, name_zh_hans, name_en, law_zh_hans, law_en) in enumerate(BASES, start=1):
        basis.objects.get_or_create(
            code=code,
            defaults={
                "name_zh_hans": name_zh_hans,
                "name_en": name_en,
                "law_zh_hans": law_zh_hans,
                "law_en": law_en,
                "needs_note": code == "other",
                "position": position,
            },
        )


def remove(apps: Any, schema_editor: Any) -> None:
    apps.get_model("redaction", "Basis").objects.filter(code__in=[row[0] for row in BASES]).delete()


class Migration(migrations.Migration):
    dependencies = [("redaction", "0001_initial")]
    operations = [migrations.RunPython(write, remove)]
