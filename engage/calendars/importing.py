"""What the package `holidays` says of a year, as rows of the table. Used to fill the table, never inside a clock.

`python -m engage.calendars.importing` prints the table the project ships (days.csv).
"""

import csv
import re
import sys
from collections.abc import Iterable
from dataclasses import astuple, fields
from datetime import date
from typing import TextIO

from engage.calendars.arithmetic import SATURDAY_AND_SUNDAY
from engage.calendars.shipped import DayRow
from engage.errors import Refused

SHIPPED_YEARS = {"cn": range(2005, 2028), "uk": range(2005, 2028)}
# Bank holidays are fixed by Act and proclamation and published about two years ahead.
UK_PUBLISHED_THROUGH = 2027
UK_PARTS = {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}
UK_PARTS_ZH = {"ENG": "英格兰", "WLS": "威尔士", "SCT": "苏格兰", "NIR": "北爱尔兰"}
UK_NAMES_ZH = {
    "New Year's Day": "元旦",
    "New Year Holiday": "新年假日",
    "Saint Patrick's Day": "圣帕特里克节",
    "Good Friday": "耶稣受难日",
    "Easter Monday": "复活节星期一",
    "May Day": "五月初银行假日",
    "Spring Bank Holiday": "春季银行假日",
    "Battle of the Boyne": "博因河战役纪念日",
    "Summer Bank Holiday": "夏季银行假日",
    "Late Summer Bank Holiday": "夏末银行假日",
    "Saint Andrew's Day": "圣安德鲁日",
    "Christmas Day": "圣诞节",
    "Boxing Day": "节礼日",
    "Wedding of William and Catherine": "威廉与凯瑟琳婚礼日",
    "Diamond Jubilee of Elizabeth II": "伊丽莎白二世登基60周年",
    "Platinum Jubilee of Elizabeth II": "伊丽莎白二世登基70周年",
    "State Funeral of Queen Elizabeth II": "伊丽莎白二世国葬日",
    "Coronation of Charles III": "查尔斯三世加冕日",
}


def days_of_year(calendar: str, year: int) -> list[DayRow]:
    """Return the year's exceptions in order of date.

    Raises Refused("calendar_unknown") and Refused("calendar_year_out_of_range").
    """
    if calendar not in SHIPPED_YEARS:
        raise Refused("calendar_unknown", calendar=calendar)
    if not 2001 <= year <= 2099:
        raise Refused("calendar_year_out_of_range", year=year, first=2001, last=2099)
    return sorted(_china(year) if calendar == "cn" else _united_kingdom(year))


def _china(year: int) -> Iterable[DayRow]:
    """Every notice of the State Council since 2001 moves a weekend; a year without one is an estimate."""
    import holidays  # a fifth of a second that only an import should cost

    # A make-up day can belong to a break of the year after, as 2018-12-29 does to New Year 2019.
    chinese = holidays.country_holidays("CN", years=(year, year + 1), language="zh_CN")
    english = holidays.country_holidays("CN", years=(year, year + 1), language="en_US")
    worked = [day for day in chinese.weekend_workdays if day.year == year]
    confirmed = bool(worked)
    for day in chinese:
        if day.year == year and day.weekday() not in SATURDAY_AND_SUNDAY:
            name_zh, name_en = chinese[day], english[day]
            if substituted := re.fullmatch(r"休息日（由 (\S+) 调休）", name_zh):
                name_zh = f"调休放假（{substituted[1]}上班）"
                name_en = f"Day off, worked on {substituted[1]}"
            yield DayRow("cn", day, False, name_zh, name_en, confirmed)
    for day in worked:
        yield DayRow("cn", day, True, "调休上班", "Make-up working day", confirmed)


def _united_kingdom(year: int) -> Iterable[DayRow]:
    """A bank holiday in any part of the United Kingdom is not a working day (Freedom of Information Act s.10(6))."""
    import holidays

    parts_of: dict[date, list[str]] = {}
    names: dict[date, str] = {}
    for part in UK_PARTS:
        for day, name in holidays.country_holidays("GB", subdiv=part, years=year, language="en_GB").items():
            if day.year == year and day.weekday() not in SATURDAY_AND_SUNDAY:
                parts_of.setdefault(day, []).append(part)
                names.setdefault(day, name)
    for day, parts in parts_of.items():
        name_zh, name_en = _chinese_name(names[day]), names[day]
        if len(parts) < len(UK_PARTS):
            name_zh += f"（{'、'.join(UK_PARTS_ZH[part] for part in parts)}）"
            name_en += f" ({', '.join(UK_PARTS[part] for part in parts)})"
        yield DayRow("uk", day, False, name_zh, name_en, year <= UK_PUBLISHED_THROUGH)


def _chinese_name(english: str) -> str:
    """Translate a bank holiday; one this table does not know is a bank holiday proclaimed for a single day."""
    observed = english.removesuffix(" (observed)")
    name = UK_NAMES_ZH.get(observed.split("; ")[0].removesuffix(" (observed)"), "特别银行假日")
    return name + ("（补假）" if observed != english else "")


def shipped_years() -> Iterable[DayRow]:
    """Every row that days.csv has to hold."""
    for calendar, years in SHIPPED_YEARS.items():
        for year in years:
            yield from days_of_year(calendar, year)


def write_table(rows: Iterable[DayRow], out: TextIO) -> None:
    """Write rows as the CSV that `shipped.py` reads."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(field.name for field in fields(DayRow))
    for row in rows:
        writer.writerow(str(value).lower() if isinstance(value, bool) else value for value in astuple(row))


if __name__ == "__main__":
    write_table(shipped_years(), sys.stdout)
