"""Measures how fast the icalendar package writes the events that C3MS delivers.

Reads data/performance.json of a delivered site, makes a VEVENT of each record, and prints the number of
VEVENTs written per second of CPU time, as a line for `cargo xtask bench`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar


def moment(text: str) -> datetime:
    """A time as C3MS writes it: 2026-11-23T20:30:00[Europe/Paris], or with an offset."""
    if text.endswith("]"):
        local, zone = text[:-1].split("[")
        return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    return datetime.fromisoformat(text)


def words(value: object) -> str:
    """A text in its first language."""
    if isinstance(value, dict):
        return str(next(iter(value.values()), ""))
    return "" if value is None else str(value)


def write(records: list[dict], now: datetime) -> bytes:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//bench//")
    calendar.add("version", "2.0")
    for record in records:
        event = icalendar.Event()
        event.add("uid", str(record["id"]))
        event.add("dtstamp", now)
        event.add("dtstart", moment(record["start"]))
        if record.get("end"):
            event.add("dtend", moment(record["end"]))
        event.add("summary", words(record.get("name") or record.get("title")))
        for name, field in (("description", "description"), ("location", "place"), ("url", "url")):
            if record.get(field):
                event.add(name, words(record[field]))
        calendar.add_component(event)
    return calendar.to_ical()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path, help="data/performance.json of a delivered site")
    parser.add_argument("--rounds", type=int, default=7, help="how often; the median counts (7)")
    arguments = parser.parse_args()
    document = json.loads(arguments.records.read_text(encoding="utf-8"))
    records = document if isinstance(document, list) else next(v for v in document.values() if isinstance(v, list))
    records = [record for record in records if len(str(record.get("start", ""))) > 10]
    if not records:
        print("there is no record with a start to write", file=sys.stderr)
        return 1
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    write(records, now)
    times = []
    for _ in range(arguments.rounds):
        begun = time.process_time()
        write(records, now)
        times.append(time.process_time() - begun)
    times.sort()
    rate = len(records) / times[len(times) // 2]
    print(f"bench icalendar-python ours=- peer={rate:.0f}/s ratio=-")
    return 0


if __name__ == "__main__":
    sys.exit(main())
