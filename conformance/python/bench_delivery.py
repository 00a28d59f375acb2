"""Measures how fast the peers write the records that C3MS delivers.

Reads performance.json, .csv and .ttl of a folder, as `cargo bench --bench delivery` leaves them there, has icalendar,
pandas, openpyxl and rdflib write the same, and prints the records written per second of processor time, as lines for
`cargo xtask bench`. What a peer reads before it can write is not counted.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable
from zoneinfo import ZoneInfo


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


def calendar(folder: Path) -> Callable[[], object]:
    import icalendar

    records = json.loads((folder / "performance.json").read_text(encoding="utf-8"))["records"]
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)

    def write() -> bytes:
        whole = icalendar.Calendar()
        whole.add("prodid", "-//bench//")
        whole.add("version", "2.0")
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
            whole.add_component(event)
        return bytes(whole.to_ical())

    return write


def frame(folder: Path) -> Any:
    import pandas

    return pandas.read_csv(folder / "performance.csv")


def table(folder: Path) -> Callable[[], object]:
    rows = frame(folder)
    return lambda: rows.to_csv(index=False)


def workbook(folder: Path) -> Callable[[], object]:
    import openpyxl

    rows = frame(folder).astype(object)
    rows = rows.where(rows.notna(), None)
    cells = [list(rows.columns), *rows.itertuples(index=False, name=None)]

    def write() -> bytes:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("performance")
        for row in cells:
            sheet.append(row)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    return write


def triples(folder: Path) -> Callable[[], object]:
    import rdflib

    known = rdflib.Graph()
    known.parse(folder / "performance.ttl", format="turtle")
    all_triples = list(known)

    def write() -> str:
        graph = rdflib.Graph()
        graph.bind("schema", "https://schema.org/", replace=True)
        for triple in all_triples:
            graph.add(triple)
        return graph.serialize(format="turtle")

    return write


PEERS: dict[str, tuple[str, Callable[[Path], Callable[[], object]], int]] = {
    "icalendar": ("icalendar", calendar, 3),
    "csv": ("pandas, to_csv of a frame", table, 5),
    "xlsx": ("openpyxl, write-only", workbook, 3),
    "turtle": ("rdflib, graph and Turtle", triples, 1),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the records are")
    folder: Path = parser.parse_args().folder
    count = json.loads((folder / "performance.json").read_text(encoding="utf-8"))["count"]
    for name, (peer, prepare, rounds) in PEERS.items():
        write = prepare(folder)
        least = float("inf")
        for _ in range(rounds):
            begun = time.process_time()
            write()
            least = min(least, time.process_time() - begun)
        print(f"bench deliver-{name} ours=- peer={count / least:.0f} ratio=- (records per CPU-second, peer: {peer})", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
