"""The same questions over the same texts: the expected answers stand here, so every database must give these."""

import random
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from engage.search import actions, queries
from engage.search.registry import Entry
from tests.search.library import FIRST_DAY, Library, names
from tests.shared import shared_file

pytestmark = pytest.mark.django_db

# Name: text. Each is a day newer than the one above it.
CORPUS = {
    "care": "社区养老服务管理办法。第一条 为了规范社区养老服务，制定本办法。",
    "relief": "社会救助条例：最低生活保障对象的认定，由乡镇人民政府负责。",
    "gap": "本市居民享有社会，救助申请由街道受理。养老。服务另行规定。",
    "mixed": "办理5G网络业务，提交A4纸申请表2份；联系人用“民意通”APP报名。",
    "spaced": "办理 5G 网络业务，提交 A4 纸。第 15 条另有规定。",
    "pairs": "养老金和老服装，以及社会会救和救助。",
    "reference": "编号C-2026-004217-K的意见已答复，国办发〔2026〕12号，共1,284条，占3.5%。",
    "english": "Applicants may apply online. The ministry’s applications were published on 2026-11-24.",
    "volunteers": "Volunteers volunteered for volunteering: a state-of-the-art open data portal.",
    "database": "An open database. Data on services is not open to all.",
    "width": "ＡＰＩ接口（试行）：ﾊﾝｶｸとか\u3099く、Ⅷ级、㎡。",
    "quotes": "本办法所称“慈善组织”，是指依法成立的组织。慈善 组织分开写。",
    "odd": "𠮷野家与〇五年㐂事，emoji👨\u200d👩\u200d👧在中间，零\u200b宽。",
    "accents": "Café résumé naïve İstanbul straße ﬁle",
    "percent": "100%的人说_好_，\\反斜线\\，'单引号'。",
}

ANSWERS = [
    # one character
    ("养", ["pairs", "gap", "care"]),
    ("市", ["gap"]),
    ("〇", ["odd"]),
    ("㐂", ["odd"]),
    ("龘", []),
    # two characters, and none across a sign
    ("养老", ["pairs", "gap", "care"]),
    ("救助", ["pairs", "gap", "relief"]),
    ("会救", ["pairs", "relief"]),
    ("𠮷野", ["odd"]),
    ("零宽", ["odd"]),
    # three and more: the pairs alone are not enough
    ("养老服", ["care"]),
    ("养老服务", ["care"]),
    ("社会救助", ["relief"]),
    ("最低生活保障", ["relief"]),
    ("乡镇人民政府负责", ["relief"]),
    ("人民政府乡镇", []),
    # several words are all needed
    ("养老 办法", ["care"]),
    ("救助，申请", ["gap"]),
    ("办法 quotes", []),
    # English in all its forms, in either case
    ("apply", ["english"]),
    ("APPLICATION", ["english"]),
    ("applying applicant", ["english"]),
    ("volunteer", ["volunteers"]),
    ("publishing ministry", ["english"]),
    ("ministry's", ["english"]),
    ("data", ["database", "volunteers"]),
    ("dat", []),
    # mixed writing, with or without a space
    ("5G网络", ["spaced", "mixed"]),
    ("5g 网络", ["spaced", "mixed"]),
    ("A4纸", ["spaced", "mixed"]),
    ("第15条", ["spaced"]),
    ("app报名", ["mixed"]),
    ("pp报名", []),
    ("APP", ["mixed"]),
    ("民意通app", []),
    ("用户", []),
    # numbers and references
    ("C-2026-004217-K", ["reference"]),
    ("c-2026-004217-k 答复", ["reference"]),
    ("C-2026-004217-X", []),
    ("2026-11-24", ["english"]),
    ("2026", ["english", "reference"]),
    ("〔2026〕12号", ["reference"]),
    ("1,284", ["reference"]),
    ("3.5", ["reference"]),
    ("3.50", []),
    # quotes
    ('"open data"', ["volunteers"]),
    ("open data", ["database", "volunteers"]),
    ('"data open"', []),
    ("“慈善组织”", ["quotes"]),
    ("「社会，救助」", ["gap"]),
    ('"慈善 组织"', ["quotes"]),
    ('open "data portal', ["volunteers"]),
    ("state-of-the-art", ["volunteers"]),
    # forms of the same character
    ("api（试行）", ["width"]),
    ("ＡＰＩ", ["width"]),
    ("ハンカク", ["width"]),
    ("がく", ["width"]),
    ("viii级", ["width"]),
    ("m2", ["width"]),
    ("cafe\u0301 RÉSUMÉ", ["accents"]),
    ("istanbul strasse file", ["accents"]),
    # signs that mean something to a database
    ("100%", ["percent"]),
    ("%", []),
    ("_", []),
    ("'单引号'", ["percent"]),
    ("\\反斜线", ["percent"]),
    ("open* AND data", []),
    ("(open) data:", ["database", "volunteers"]),
    ("-养老 +服务 ^社区", ["care"]),
    ('"', []),
    ("'; DROP TABLE search_searchentry;--", []),
]


@pytest.fixture
def corpus(library: Library) -> Library:
    for name, text in CORPUS.items():
        library.add(name, text, language="en" if text.isascii() or "Applicants" in text else "zh-hans")
    return library


def test_every_question_of_the_list_has_exactly_its_answers(corpus: Library):
    wrong = {question: found for question, expected in ANSWERS if (found := names(question)) != expected}
    assert wrong == {}


def test_a_question_may_hold_as_many_words_as_fit_into_it(library: Library):
    letters = [chr(0x4E00 + number) for number in range(200)]
    library.add("all", " ".join(letters), title="".join(letters))
    library.add("pairs", " ".join(letters[:100]))
    assert names(" ".join(letters[:100])) == ["pairs", "all"]
    assert names("".join(letters)) == ["all"]
    assert names(" ".join("".join(letters[at : at + 3]) for at in range(0, 150, 3))) == ["all"]


def test_any_word_of_a_law_is_found_in_every_line_that_has_it_and_in_no_other(library: Library):
    lines = [
        line
        for file in ("zh-charity-v2-2023.txt", "zh-volunteer-2017.txt")
        for line in shared_file("data", "drafts", file).read_text("utf-8").splitlines()
        if line.strip()
    ]
    entries = [Entry("zh-hans", "", line, "/", FIRST_DAY, object_id=number) for number, line in enumerate(lines)]
    library.publish("law", *entries)
    chance = random.Random(9)
    runs = re.findall(r"[\u4e00-\u9fff]+", "\n".join(lines))
    for _try in range(150):
        run = chance.choice(runs)
        at = chance.randrange(len(run))
        word = run[at : at + chance.randint(1, 6)]
        expected = sum(word in line for line in lines)
        assert (queries.search(word).total, word) == (min(expected, queries.COUNT_LIMIT), word)


def test_common_words_give_the_same_answers_however_the_database_looks_for_them(
    library: Library, monkeypatch: pytest.MonkeyPatch
):
    """On PostgreSQL a word in most rows is found another way than a rare one; statistics decide."""
    monkeypatch.setattr(queries, "COUNT_LIMIT", 100)
    monkeypatch.setattr(queries, "LOOKED_AT", 101)
    texts = [f"社会救助{'养老服务' if number % 3 else '老服养老服装'}第{number}号" for number in range(2_400)]
    entries = [Entry("zh-hans", "", text, "/", FIRST_DAY, object_id=number) for number, text in enumerate(texts)]
    library.publish("many", *entries)
    answers, ways = [], []
    for _time in range(2):
        with CaptureQueriesContext(connection) as captured:
            answers.append([names(word, page=3) for word in ("社会救助", "养老服务", "老服装")])
        ways.append(sum("AS newest" in query["sql"] for query in captured))
        actions.refresh_statistics()
    assert answers[0] == answers[1]
    assert all(len(found) == queries.PAGE_SIZE for found in answers[1])
    assert all(int(number) % 3 for number in answers[1][1])
    assert not any(int(number) % 3 for number in answers[1][2])
    assert ways == ([3, 1] if connection.vendor == "postgresql" else [3, 3])
