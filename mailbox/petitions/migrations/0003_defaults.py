"""What petitions start with: rules, reasons for turning one down, thresholds, limits, what a starter agrees to."""

from datetime import UTC, date, datetime

from django.db import migrations

# Earlier than any petition of any installation.
FIRST_DAY = date(2020, 1, 1)

# code: (hides, title, how to mend it), each in both languages. Those that hide name what may not be shown lawfully.
REASONS = {
    "duplicate": (
        False,
        "已有内容相同的请愿",
        "A petition that asks for the same is there already",
        "请为已有的那一项签名；如果诉求不同，请在标题里写明差别后重新提交。",
        "Sign the one that is there. If yours asks for something else, say so in the title and send it again.",
    ),
    "no-action": (
        False,
        "没有写明希望做什么",
        "It is not clear what should be done",
        "请写明希望哪个部门做什么事、做到什么程度，一项请愿只提一个诉求。",
        "Say what should be done, by whom and how far, and ask for one thing in one petition.",
    ),
    "irrelevant": (
        False,
        "不属于政府的职责",
        "It is not for the government to decide",
        "请改写为政府部门有权决定的事；企业或个人的事情请找对方或相关行业主管部门。",
        "Ask for something that the government may decide. What a company or a person does is asked of them.",
    ),
    "local": (
        False,
        "由其他地方或上级决定",
        "Another place or level decides about it",
        "请向有权决定的机关提出，或改为请本地部门在职权范围内能做的事。",
        "Take it to whoever decides, or ask for what the offices here can do themselves.",
    ),
    "already-happening": (
        False,
        "已经在做或已有规定",
        "It is being done, or the rules say so already",
        "请先看说明里给出的公开信息；如果做法还不够，请写明还差什么。",
        "Read what is published about it, named in the note. If that is not enough, say what is still missing.",
    ),
    "individual": (
        False,
        "属于个人的具体事情",
        "It is about one person's own case",
        "请改用“反映个人的事”，有书面答复和复查；你写的文字可以带过去。",
        "Send it as a grievance: it is decided in writing and can be reviewed. What you wrote goes along.",
    ),
    "foi": (
        False,
        "是想要一份文件或数据",
        "It asks for a document or data",
        "请改用“申请公开文件或数据”，按期答复；你写的文字可以带过去。",
        "Send it as a request for information, which has a time for the answer. What you wrote goes along.",
    ),
    "no-reply": (
        False,
        "是一个提问，不是诉求",
        "It is a question and asks for nothing to be done",
        "请改用“咨询一件事”，答复更快；如果希望改变做法，请写明要改成怎样。",
        "Ask it as a question: that is quicker. If something should change, say what it should become.",
    ),
    "operational": (
        False,
        "是日常报修或办理事项",
        "It is a repair or an ordinary service",
        "请用“写信”报告地点和情况，处理更快，不需要联名。",
        "Report place and matter in a letter: it is dealt with sooner and needs no signatures.",
    ),
    "honours": (
        False,
        "请求授予荣誉或任免人员",
        "It asks for an honour or an appointment",
        "荣誉和任免有各自的程序，请按该程序提出；也可以改为对程序本身提建议。",
        "Honours and appointments have a procedure of their own. You may ask for a change of that procedure.",
    ),
    "advert": (
        False,
        "含有广告或宣传链接",
        "It advertises something",
        "请删去商品、店铺、募捐和推广内容，只保留诉求和理由。",
        "Take out goods, shops, collections of money and promotion; leave the ask and the reasons.",
    ),
    "joke": (
        False,
        "不是认真的诉求",
        "It is not meant in earnest",
        "请写一个希望真正办到的诉求，并说明理由。",
        "Ask for something that you want done, and say why.",
    ),
    "fake-name": (
        False,
        "发起人没有使用真实姓名",
        "Its starter did not give a real name",
        "请用真实姓名重新提交。姓名加密保存，不会公开。",
        "Send it again under your real name. It is kept encrypted and never shown.",
    ),
    "fraudulent": (
        False,
        "联署人不是本人自愿",
        "The sponsors did not sign for themselves",
        "请让每位联署人用自己的邮箱自愿确认后再提交。",
        "Let each sponsor confirm willingly, from an address of their own, and send it again.",
    ),
    "personal": (
        True,
        "公开了他人的个人信息",
        "It gives away personal data of others",
        "请删去他人的姓名、电话、住址、照片等，只写事情本身。",
        "Take out names, telephone numbers, addresses and pictures of others; write about the matter alone.",
    ),
    "libellous": (
        True,
        "可能损害他人名誉",
        "It may harm somebody's good name",
        "请删去对具体个人或单位的未经证实的指控，改写为希望制度或做法怎样改变。",
        "Take out charges against a person or a body that are not proven; say what rule or practice should change.",
    ),
    "offensive": (
        True,
        "含有违法或侮辱性内容",
        "It holds unlawful or insulting words",
        "请删去违法、侮辱、歧视的文字后重新提交。",
        "Take out what is unlawful, insults or discriminates, and send it again.",
    ),
    "removed": (
        True,
        "公开后发现不能继续展示",
        "It was found unlawful after it was published",
        "请看说明里指出的文字，改写后可以作为新的请愿提交。",
        "Read which words the note names; written without them it can be sent as a new petition.",
    ),
}

THRESHOLDS = {"answer": (10_000, 30), "debate": (100_000, 60)}
# As guarding.rules.DEFAULT_LIMITS: by what, at most, within so many seconds.
LIMITS = (
    ("address", 4, 600),
    ("address", 6, 86_400),
    ("network", 40, 60),
    ("network", 400, 3600),
    ("network", 1_500, 86_400),
    ("subnet", 200, 60),
    ("subnet", 2_000, 3600),
)

CONSENT = (
    "审核通过后，请愿的文字会公开，不显示你的姓名。姓名和邮箱加密保存，只用来确认、防止重复签名和通知结果，请愿结束六个月后删除。",
    "Once the moderators have checked it, the words of your petition are public, without your name. Your name and e-mail "
    "are kept encrypted, used only to confirm, to prevent double signatures and to tell you the result, and deleted six "
    "months after the petition has ended.",
)


def write_defaults(apps, schema_editor):
    """Write what is not there yet."""

    def model(name):
        return apps.get_model("petitions", name).objects

    if not model("PetitionRules").exists():
        model("PetitionRules").create()
    for position, (code, (hides, title_zh, title_en, mend_zh, mend_en)) in enumerate(REASONS.items(), start=1):
        model("RejectionReason").get_or_create(
            code=code,
            defaults={
                "title_zh": title_zh,
                "title_en": title_en,
                "mend_zh": mend_zh,
                "mend_en": mend_en,
                "hides": hides,
                "position": position * 10,
            },
        )
    for kind, (number, days) in THRESHOLDS.items():
        model("Threshold").get_or_create(kind=kind, valid_from=FIRST_DAY, defaults={"number": number, "days": days})
    for by, most, seconds in LIMITS:
        model("RateLimit").get_or_create(by=by, seconds=seconds, defaults={"most": most})
    apps.get_model("participation", "ConsentText").objects.get_or_create(
        code="petition-start",
        version=1,
        defaults={
            "text_zh": CONSENT[0],
            "text_en": CONSENT[1],
            "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
        },
    )


def remove_defaults(apps, schema_editor):
    """Take away what nothing refers to."""
    apps.get_model("petitions", "PetitionRules").objects.all().delete()
    apps.get_model("petitions", "RejectionReason").objects.filter(code__in=REASONS, petition=None).delete()
    apps.get_model("petitions", "Threshold").objects.filter(valid_from=FIRST_DAY, crossing=None).delete()
    apps.get_model("petitions", "RateLimit").objects.filter(by__in={by for by, _most, _seconds in LIMITS}).delete()
    apps.get_model("participation", "ConsentText").objects.filter(code="petition-start", consent=None).delete()


class Migration(migrations.Migration):
    dependencies = [("petitions", "0002_tally"), ("participation", "0002_consent_texts")]

    operations = [migrations.RunPython(write_defaults, remove_defaults)]
