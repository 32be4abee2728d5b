"""Data: the list of tasks that campaigns on an observance begin with, and groups of people they are for."""

from datetime import date

from django.db import migrations

TASKS = (
    (
        -30,
        False,
        "备齐宣传包：出台背景、具体要点、配套措施",
        "Prepare the pack: background, key points, supporting measures",
    ),
    (-14, False, "收齐专家评论", "Collect the expert commentary"),
    (-7, False, "写好推送消息并送审", "Write the push message and hand it in for review"),
    (0, True, "当天推送", "Push on the day"),
    (14, False, "完成效果报告", "Finish the report"),
)
GROUPS = (
    ("everybody", "社会公众", "The public"),
    ("older-people", "老年人", "Older people"),
    ("families", "有孩子的家庭", "Families with children"),
    ("young-people", "青少年", "Young people"),
    ("disabled-people", "残疾人", "Disabled people"),
    ("low-income", "低收入家庭", "Families on low incomes"),
    ("veterans", "退役军人和烈属", "Veterans and families of martyrs"),
    ("volunteers", "志愿者", "Volunteers"),
    ("social-workers", "社会工作者", "Social workers"),
    ("social-organisations", "社会组织", "Social organisations"),
    ("communities", "社区居民", "Residents of communities"),
    ("media", "媒体", "The media"),
)


def write(apps, schema_editor):
    template = apps.get_model("campaigns", "TaskTemplate").objects.create(
        name_zh="节日宣传活动", name_en="Campaign on an observance", valid_from=date(2016, 1, 1)
    )
    task = apps.get_model("campaigns", "TemplateTask")
    for offset, exact, title_zh, title_en in TASKS:
        task.objects.create(template=template, offset=offset, exact=exact, title_zh=title_zh, title_en=title_en)
    tag = apps.get_model("campaigns", "AudienceTag")
    for position, (code, name_zh, name_en) in enumerate(GROUPS):
        tag.objects.create(code=code, name_zh=name_zh, name_en=name_en, position=position)


def clear(apps, schema_editor):
    apps.get_model("campaigns", "TaskTemplate").objects.filter(name_en="Campaign on an observance").delete()
    apps.get_model("campaigns", "AudienceTag").objects.filter(code__in=[code for code, *_names in GROUPS]).delete()


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [migrations.RunPython(write, clear)]
