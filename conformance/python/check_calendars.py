"""Expands calendars with c3ms and with recurring-ical-events, and compares every instance.

The public calendars of the real data, year by year; then calendars made here by seeded chance: rules of every
frequency with their parts, exceptions, replaced dates, changes of clocks. Equal means: the same UIDs, starts and
ends. What differs on purpose stands in DIFFERENCES, with the reason.

Prints a table and ends with 1 where something else differs.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import icalendar
import recurring_ical_events
from c3ms import C3ms, Refused

warnings.simplefilter("ignore")

# What c3ms gives otherwise than the referee, and why.
DIFFERENCES = {
    "BYDAY with and without numbers": "BYDAY=MO,1TU is every Monday and the first Tuesday (RFC 5545); dateutil wants both at once",
    "an added period that outlasts the others": "it is in where it lasts into the window; the referee looks for starts no further back than the event itself lasts",
    "a time of UTC in the repeated hour, under X-WR-TIMEZONE": "it stays the instant it is; the referee adds a length to it and falls back to the first of the two hours",
    "an added date on another clock than the series": "each date is looked at on its own clock; the referee looks for it on that of the series, and misses some at the edge of a window",
    "a described zone without TZNAME, under X-WR-TIMEZONE": "it keeps its own clock; the referee takes a time without the name of its zone for a floating one",
    "a zone that another file describes": "it is unknown, and told; the referee remembers the zones of all files of one process",
    "what the referee stops at": "a rule, date or zone that cannot be read is told with its line and the rest is given; the referee gives nothing of the file",
}

# The instances per year of the maker space, as its README tells them.
MACHBAR = dict(zip(range(2017, 2027), [52, 211, 309, 316, 313, 312, 312, 314, 313, 315], strict=True))

Instance = tuple[str, str, str]


class TooLong(Exception):
    """The referee takes longer than anybody would wait."""


def too_long(*_: object) -> None:
    raise TooLong


def ours(c3ms: C3ms, file: Path, start: date, end: date) -> Counter[Instance]:
    """The instances that c3ms gives."""
    instances = c3ms.ask("expand", file, "--from", start, "--to", end)["instances"]
    return Counter((one["uid"] or "", one["start"], one["end"]) for one in instances)


def theirs(text: str | bytes, start: date, end: date, seconds: int = 10) -> Counter[Instance]:
    """The instances that the referee gives."""
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(seconds)
    try:
        calendar = icalendar.Calendar.from_ical(text)
        window = [datetime(day.year, day.month, day.day) for day in (start, end)]
        events = recurring_ical_events.of(calendar).between(*window)
        return Counter(
            (str(event.get("UID", "")), event["DTSTART"].dt.isoformat(), event["DTEND"].dt.isoformat())
            for event in events
        )
    finally:
        signal.alarm(0)


def differing(mine: Counter[Instance], others: Counter[Instance]) -> list[str]:
    """What one gives and the other does not."""
    lines = [f"only c3ms: {one}" for one in sorted((mine - others).elements())]
    return lines + [f"only the referee: {one}" for one in sorted((others - mine).elements())]


def chance(number: int) -> str:
    """A series by chance: the lines of its events. Each number gives another one, always the same."""
    dice = random.Random(number)
    uid = f"series-{number}"
    kind = dice.choice(["zone", "zone", "zone", "utc", "floating", "day"])
    zones = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "W. Europe Standard Time", "Salle/Montagne"]
    zone = dice.choice(zones)
    # Often just before a change of clocks, in the hours it moves.
    day = dice.choice([date(2024, 3, 25), date(2024, 10, 20), date(2024, 1, 31), date(2024, 2, 29)])
    day += timedelta(days=dice.randrange(8))
    clock = dice.choice(["013000", "020000", "023000", "030000", "200000", "234500", "000000"])

    def told(name: str, moment: date, of_day: str | None = None) -> str:
        if kind == "day":
            return f"{name};VALUE=DATE:{moment:%Y%m%d}"
        value = f"{moment:%Y%m%d}T{of_day or clock}"
        return {"zone": f"{name};TZID={zone}:{value}", "utc": f"{name}:{value}Z", "floating": f"{name}:{value}"}[kind]

    frequency = dice.choice(["DAILY", "DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY", "HOURLY", "MINUTELY"])
    rule = [f"FREQ={frequency}"]
    if dice.random() < 0.5:
        least = {"HOURLY": 3, "MINUTELY": 47}.get(frequency, 1)
        rule.append(f"INTERVAL={dice.randrange(least, least + 5)}")
    elif frequency == "MINUTELY":
        rule.append("INTERVAL=90")
    some = lambda pool, most=3: ",".join(str(one) for one in dice.sample(pool, dice.randrange(1, most + 1)))  # noqa: E731
    weekdays = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    parts = 0
    if frequency in ("WEEKLY", "DAILY", "HOURLY", "MINUTELY") and dice.random() < 0.5:
        rule.append(f"BYDAY={some(weekdays)}")
        parts += 1
    if frequency in ("MONTHLY", "YEARLY") and dice.random() < 0.5:
        numbers = [f"{number}{day}" for number in (1, 2, 3, 4, 5, -1, -2) for day in weekdays]
        rule.append(f"BYDAY={some(numbers if dice.random() < 0.6 else weekdays)}")
        parts += 1
    if dice.random() < 0.2:
        rule.append(f"BYMONTH={some(list(range(1, 13)), 4)}")
        parts += 1
    if frequency != "WEEKLY" and dice.random() < 0.2:
        rule.append(f"BYMONTHDAY={some([1, 2, 13, 15, 28, 29, 30, 31, -1, -2, -31], 4)}")
        parts += 1
    if frequency == "YEARLY" and dice.random() < 0.2:
        rule.append(f"BYYEARDAY={some([1, 59, 60, 61, 100, 200, 365, 366, -1, -100, -366], 4)}")
        parts += 1
    if frequency == "YEARLY" and parts == 0 and dice.random() < 0.5:
        rule.append(f"BYWEEKNO={some([1, 2, 10, 20, 51, 52, 53, -1, -2])}")
        if dice.random() < 0.6:
            rule.append(f"BYDAY={some(weekdays)}")
        parts += 1
    if kind != "day" and dice.random() < 0.15:
        hours = [0, 1, 2, 3, 12, 23]
        rule.append(f"BYHOUR={some(hours)}" if frequency != "HOURLY" else f"BYMINUTE={some([0, 15, 30])}")
        parts += 1
    if parts and frequency not in ("HOURLY", "MINUTELY") and dice.random() < 0.25:
        rule.append(f"BYSETPOS={some([1, 2, 3, -1, -2], 2)}")
    if dice.random() < 0.3:
        rule.append(f"WKST={dice.choice(weekdays)}")
    end = dice.random()
    last = day + timedelta(days=dice.randrange(0, 700))
    if end < 0.3:
        rule.append(f"COUNT={dice.randrange(1, 40)}")
    elif end < 0.7:
        form = dice.choice(["day", "utc", "local"])
        rule.append(f"UNTIL={last:%Y%m%d}" + {"day": "", "utc": f"T{clock}Z", "local": f"T{clock}"}[form])

    lines = [f"UID:{uid}", told("DTSTART", day), f"RRULE:{';'.join(rule)}"]
    if dice.random() < 0.1:
        lines.append(f"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY={some(weekdays)}")
    if kind != "day" and dice.random() < 0.6:
        lines.append(dice.choice(["DURATION:PT90M", "DURATION:P1DT2H", "DURATION:PT26H"]))
    elif kind == "zone" and dice.random() < 0.1:
        lines.append(f"DTEND;TZID=Asia/Kolkata:{day + timedelta(days=1):%Y%m%d}T233000")
    elif dice.random() < 0.6:
        lines.append(told("DTEND", day + timedelta(days=dice.randrange(0, 3)), "235000"))
    for _ in range(dice.choice([0, 0, 1, 2])):
        lines.append(told("EXDATE", day + timedelta(days=dice.randrange(0, 60))))
    if dice.random() < 0.1:
        lines.append(f"EXDATE;VALUE=DATE:{day + timedelta(days=7):%Y%m%d}")
    for _ in range(dice.choice([0, 0, 0, 1, 2])):
        lines.append(told("RDATE", day + timedelta(days=dice.randrange(0, 60)), dice.choice([clock, "113000"])))
    if kind in ("zone", "utc") and dice.random() < 0.1:
        start = f"{day + timedelta(days=3):%Y%m%d}T090000"
        tail = "Z" if kind == "utc" else ""
        head = "RDATE;VALUE=PERIOD" + ("" if kind == "utc" else f";TZID={zone}")
        lines.append(f"{head}:{start}{tail}/PT45M")
    events = ["\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])]
    for _ in range(dice.choice([0, 0, 1, 2])):
        replaced = day + timedelta(days=dice.choice([0, 1, 2, 7, 14, 30]))
        moved = replaced + timedelta(days=dice.choice([0, 0, 1, -3, 400]))
        of = told("RECURRENCE-ID", replaced)
        if kind == "zone" and dice.random() < 0.15:
            of = of.replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE")
        inner = [f"UID:{uid}", of, told("DTSTART", moved, "101500")]
        inner.append(told("DTEND", moved, "111500") if kind != "day" else told("DTEND", moved + timedelta(days=1)))
        inner.append(f"SEQUENCE:{dice.randrange(3)}")
        events.append("\r\n".join(["BEGIN:VEVENT", *inner, "END:VEVENT"]))
    return "\r\n".join(events)


# A zone that no database has: an hour and a half ahead of UTC, its summer from April to September.
OWN_ZONE = """BEGIN:VTIMEZONE
TZID:Salle/Montagne
BEGIN:STANDARD
DTSTART:19700901T030000
RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=1SU
TZOFFSETFROM:+0230
TZOFFSETTO:+0130
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700401T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU
TZOFFSETFROM:+0130
TZOFFSETTO:+0230
END:DAYLIGHT
END:VTIMEZONE""".replace("\n", "\r\n")


def calendar_of(events: str) -> str:
    head = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//chance//\r\n{OWN_ZONE}"
    return f"{head}\r\n{events}\r\nEND:VCALENDAR\r\n"


def real(c3ms: C3ms, data: Path) -> list[str]:
    """The public calendars, year by year."""
    faults = []
    for name in ("machbar_16_feb_2019.ics", "Germany.ics"):
        file = data / "icalendar-venues" / name
        text = file.read_bytes()
        for year in range(2014, 2030):
            window = (date(year, 1, 1), date(year + 1, 1, 1))
            mine = ours(c3ms, file, *window)
            others = theirs(text, *window)
            faults += [f"{name} {year}: {line}" for line in differing(mine, others)]
            expected = MACHBAR.get(year) if name.startswith("machbar") else None
            if expected is not None and mine.total() != expected:
                faults.append(f"{name} {year}: {mine.total()} instances, the README says {expected}")
            print(f"{name:<28}{year:>6}{mine.total():>8}{others.total():>8}", flush=True)
    return faults


def by_chance(c3ms: C3ms, first: int, count: int) -> list[str]:
    """Series by chance, in several windows; ours in one file, the referee's one by one, since it stops at the first
    rule it cannot follow."""
    faults = []
    made = {number: chance(number) for number in range(first, first + count)}
    windows = [
        (date(2024, 3, 1), date(2024, 4, 15)),
        (date(2024, 10, 1), date(2024, 11, 15)),
        (date(2025, 1, 1), date(2026, 1, 1)),
        (date(2024, 3, 31), date(2024, 4, 1)),
    ]
    refused = 0
    compared = 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "chance.ics"
        file.write_bytes(calendar_of("\r\n".join(made.values())).encode())
        for window in windows:
            all_mine = ours(c3ms, file, *window)
            by_uid: dict[str, Counter[Instance]] = {}
            for one, times in all_mine.items():
                by_uid.setdefault(one[0], Counter())[one] = times
            for number, events in made.items():
                try:
                    others = theirs(calendar_of(events), *window)
                except TooLong:
                    refused += 1
                    continue
                except Exception:  # noqa: BLE001 (whatever the referee raises, it gives nothing to compare with)
                    refused += 1
                    continue
                compared += others.total()
                mine = by_uid.get(f"series-{number}", Counter())
                faults += [f"series {number} {window[0]}: {line}" for line in differing(mine, others)[:3]]
    print(f"{count} series by chance in {len(windows)} windows: {compared} instances, {refused} the referee refuses")
    return faults


def folder_of(c3ms: C3ms, folder: Path) -> list[str]:
    """Every calendar of a folder, year by year: for calendars that are not part of the data."""
    faults = []
    for file in sorted(folder.rglob("*.ics")):
        text = file.read_bytes()
        differs, instances, refused, refusal = [], 0, 0, ""
        for year in range(2000, 2031):
            window = (date(year, 1, 1), date(year + 1, 1, 1))
            try:
                others = theirs(text, *window)
            except TooLong:
                refused, refusal = refused + 1, "too long"
                continue
            except Exception as cause:  # noqa: BLE001
                refused, refusal = refused + 1, f"{type(cause).__name__}: {str(cause)[:80]}"
                continue
            try:
                mine = ours(c3ms, file, *window)
            except (Refused, subprocess.TimeoutExpired) as cause:
                differs.append(f"{year}: {others.total()} of the referee; {str(cause)[-200:]}")
                continue
            instances += others.total()
            differs += [f"{year}: {line}" for line in differing(mine, others)]
        print(f"{file.name:<70}{instances:>7}{refused:>4}{len(differs):>6} {refusal}", flush=True)
        faults += [f"{file.name} {line}" for line in differs[:2]]
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("c3ms", type=Path, help="the c3ms program")
    parser.add_argument("data", type=Path, nargs="?", help="the folder of the real data")
    parser.add_argument("--first", type=int, default=0, help="the first series by chance (0)")
    parser.add_argument("--count", type=int, default=120, help="how many series by chance (120)")
    parser.add_argument("--folder", type=Path, help="instead, every calendar of a folder")
    arguments = parser.parse_args()
    begun = time.monotonic()
    c3ms = C3ms(arguments.c3ms)
    if arguments.folder:
        faults = folder_of(c3ms, arguments.folder)
    else:
        faults = by_chance(c3ms, arguments.first, arguments.count)
        if arguments.data:
            faults += real(c3ms, arguments.data)
    for name, reason in DIFFERENCES.items():
        print(f"differs on purpose: {name}: {reason}")
    for fault in faults:
        print(fault)
    print(f"{len(faults)} differences in {time.monotonic() - begun:.0f} s")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
