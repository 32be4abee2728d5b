"""The Chinese calendar from the sky: the sun's longitude and new moons as ephem computes them, in China's time.

The rules are those of GB/T 33661-2017: a month begins on the day of a new moon, the winter solstice lies in month 11,
and of the months between two solstices, when they are thirteen, the first without a major term is a leap month.
"""

import math
from datetime import date, datetime, timedelta

import ephem

CHINA = timedelta(hours=8)
# Longitudes of the sun at the major terms, and the month in which each lies or begins.
MAJOR = ((300, 1), (330, 2), (0, 3), (30, 4), (60, 5), (90, 6), (120, 7), (150, 8), (180, 9), (210, 10), (240, 11))


def longitude(moment: float) -> float:
    """Return the apparent longitude of the sun in degrees; `moment` as ephem counts days."""
    sun = ephem.Sun()
    sun.compute(moment, epoch=moment)
    equatorial = ephem.Equatorial(sun.g_ra, sun.g_dec, epoch=moment)
    return math.degrees(float(ephem.Ecliptic(equatorial, epoch=moment).lon))


def term(year: int, degrees: float, *, from_month: int) -> datetime:
    """Return when, in China's time, the sun comes to a longitude near the 20th of a month."""
    moment = float(ephem.Date((year, from_month, 20)))
    for _step in range(10):
        ahead = (longitude(moment) - degrees + 180) % 360 - 180
        moment -= ahead * 365.2422 / 360
        if abs(ahead) < 1e-6:
            return ephem.Date(moment).datetime() + CHINA
    raise AssertionError("the sun was not found")


def new_moons(first: date, last: date) -> list[datetime]:
    """Return the new moons from a day on through another, in China's time."""
    found: list[datetime] = []
    moment = ephem.Date(first)
    while True:
        moment = ephem.next_new_moon(moment)
        local = moment.datetime() + CHINA
        if local.date() > last:
            return found
        found.append(local)


def midnight_near(moment: datetime) -> datetime:
    """Return the midnight closest to a moment."""
    day = datetime.combine(moment.date(), datetime.min.time())
    return day + timedelta(days=1) if moment - day > timedelta(hours=12) else day


def double_ninth(year: int) -> tuple[datetime, date]:
    """Return the new moon that begins month 9 of a year, and the ninth day of that month."""
    solstices = [term(one, 270, from_month=12).date() for one in (year - 1, year)]
    moons = new_moons(date(year - 1, 11, 1), date(year + 1, 1, 31))
    days = [moon.date() for moon in moons]
    before, after = (max(place for place, day in enumerate(days) if day <= solstice) for solstice in solstices)
    terms = [term(year, degrees, from_month=month).date() for degrees, month in MAJOR] + solstices
    number, leap = 11, after - before == 13
    for place in range(before + 1, after + 1):
        if leap and not any(days[place] <= day < days[place + 1] for day in terms):
            leap = False
            continue
        number = number % 12 + 1
        if number == 9:
            return moons[place], days[place] + timedelta(days=8)
    raise AssertionError(f"no ninth month in {year}")
