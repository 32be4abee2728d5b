"""The observances a campaign can be planned around: on a fixed day, an nth weekday, a lunar day or a solar term.

Pure. The fifteen of the ministry's work plan, in its order; this is the only module that asks the lunar library.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from lunar_python import Lunar, Solar

from engage.errors import Refused

# Chinese calendars are laid down by national standard (GB/T 33661-2017). For these years the library's answers are
# compared in the tests with new moons and the sun's longitude computed from the sky, 1900 and 2100 included; tables
# that end at 2099 guess 2100's Qingming a day early (it begins at 00:43 on 5 April).
FIRST_YEAR, LAST_YEAR = 1900, 2100
SUNDAY, TUESDAY = 6, 1


@dataclass(frozen=True)
class Observance:
    """A yearly day. `on` gives its date in a year."""

    key: str
    name_zh: str
    name_en: str
    on: Callable[[int], date]


def fixed(month: int, day: int) -> Callable[[int], date]:
    """The same day every year."""
    return lambda year: date(year, month, day)


def nth_weekday(nth: int, weekday: int, month: int) -> Callable[[int], date]:
    """The nth (1 is the first) weekday of a month; weekdays as `date.weekday()` counts them."""

    def on(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))

    return on


def lunar(month: int, day: int) -> Callable[[int], date]:
    """A day of the Chinese lunisolar calendar, in the ordinary month of that number and never in a leap one."""
    return lambda year: _gregorian(Lunar.fromYmd(year, month, day).getSolar())


def solar_term(name: str) -> Callable[[int], date]:
    """The day, in China, on which a solar term begins; `name` in Chinese. For terms from February to December."""

    def on(year: int) -> date:
        terms = Lunar.fromYmd(year, 1, 1).getJieQiTable()
        return _gregorian(terms[name])

    return on


def _gregorian(day: Solar) -> date:
    return date(day.getYear(), day.getMonth(), day.getDay())


OBSERVANCES = (
    Observance("qingming", "清明节", "Qingming Festival", solar_term("清明")),
    Observance("childrens_day", "儿童节", "Children's Day", fixed(6, 1)),
    Observance("army_day", "建军节", "Army Day", fixed(8, 1)),
    Observance("national_day", "国庆节", "National Day", fixed(10, 1)),
    Observance("double_ninth", "老年节（重阳节）", "Seniors' Day (Double Ninth)", lunar(9, 9)),
    Observance("charity_day", "中华慈善日", "China Charity Day", fixed(9, 5)),
    Observance("social_work_day", "国际社工日", "World Social Work Day", nth_weekday(3, TUESDAY, 3)),
    Observance("disaster_reduction_day", "防灾减灾日", "Disaster Prevention and Reduction Day", fixed(5, 12)),
    Observance("family_day", "国际家庭日", "International Day of Families", fixed(5, 15)),
    Observance("disability_day", "全国助残日", "National Day of Persons with Disabilities", nth_weekday(3, SUNDAY, 5)),
    Observance("martyrs_day", "烈士纪念日", "Martyrs' Day", fixed(9, 30)),
    Observance("mental_health_day", "世界精神卫生日", "World Mental Health Day", fixed(10, 10)),
    Observance("poverty_relief_day", "扶贫日", "Poverty Relief Day", fixed(10, 17)),
    Observance("constitution_day", "法制宣传日（国家宪法日）", "Legal Publicity Day (Constitution Day)", fixed(12, 4)),
    Observance("volunteer_day", "国际志愿者日", "International Volunteer Day", fixed(12, 5)),
)


def observances_of(year: int) -> dict[str, date]:
    """Return key and date of each observance, in the order of the plan.

    Raises Refused("calendar_year_out_of_range") outside the years for which lunar days and solar terms are checked.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused("calendar_year_out_of_range", year=year, first=FIRST_YEAR, last=LAST_YEAR)
    return {observance.key: observance.on(year) for observance in OBSERVANCES}
