"""Measures how fast the icalendar package writes the events that C3MS delivers.

Reads data/performance.json of a delivered site, makes a VEVENT of each record, and prints the number of
VEVENTs written per second of processor time, as a line for `cargo xtask bench`.
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
        record = record["document"]
        event.add("dtstart", moment(record["start"]))
        if record.get("end"):
            event.add("dtend", moment(record["end"]))
        event.add("summary", words(record["name"]))
        for name, field in (("description", "description"), ("location", "venue"), ("url", "url")):
            if record.get(field):
                event.add(name, words(record[field]))
        calendar.add_component(event)
    return calendar.to_ical()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path, help="data/performance.json of a delivered site")
    parser.add_argument("--rounds", type=int, default=5, help="how often; the best counts (5)")
    arguments = parser.parse_args()
    records = json.loads(arguments.records.read_text(encoding="utf-8"))["records"]
    records = [record for record in records if "T" in record["document"].get("start", "")]
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
    print(f"bench icalendar ours=- peer={len(records) / min(times):.0f} ratio=- (VEVENT/s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
