"""Measures how fast recurring-ical-events expands the calendar that the benchmark of C3MS makes.

Reads the file, expands the two years it covers, and prints the number of dates given per second of processor
time, reading included, as a line for `cargo xtask bench`.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import icalendar
import recurring_ical_events


def expand(text: bytes) -> int:
    return len(recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between((2026, 1, 1), (2028, 1, 1)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calendar", type=Path, help="target/crowded.ics, which `cargo bench` writes")
    arguments = parser.parse_args()
    text = arguments.calendar.read_bytes()
    begun = time.process_time()
    dates = expand(text)
    took = time.process_time() - begun
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"recurring-ical-events: {dates} dates in {took:.1f} s, {most} MiB at most")
    print(f"bench expansion ours=- peer={dates / took:.0f} ratio=-")
    return 0


if __name__ == "__main__":
    sys.exit(main())
