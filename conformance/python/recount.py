"""Counts the values of a source file, independently of C3MS.

An account of an import says how many values the source had. This script counts them again with other
readers: the csv module, the content lines of the icalendar package, the json module.

A value is
  in a table:      a cell that is not empty, the line of the names left out;
  in a calendar:   a property or a parameter of a property, BEGIN and END left out;
  in JSON(-LD):    a leaf: text, number, true, false or null, anywhere in the document
                   (a file of JSON lines holds one document a line).

Prints {"source_values": n}.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from pathlib import Path


def text_of(data: bytes) -> str:
    """The text of a file: by its byte-order mark, as UTF-8, else as Windows-1252."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def cells(text: str) -> int:
    """The cells of a table that are not empty."""
    first = text.split("\n", 1)[0]
    try:
        delimiter = csv.Sniffer().sniff(first, delimiters=",;\t|").delimiter
    except csv.Error:
        delimiter = max(",;\t|", key=first.count)
    csv.field_size_limit(sys.maxsize if sys.maxsize < 2**31 else 2**31 - 1)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    next(rows, None)
    return sum(cell != "" for row in rows for cell in row)


def properties(text: str) -> int:
    """The properties of a calendar and their parameters."""
    from icalendar.parser import Contentlines

    count = 0
    for line in Contentlines.from_ical(text):
        if not line.strip():
            continue
        name, parameters, _ = line.parts()
        if name.upper() not in {"BEGIN", "END"}:
            count += 1 + len(parameters)
    return count


def leaves(value: object) -> int:
    """The leaves of a JSON document."""
    if isinstance(value, dict):
        return sum(leaves(member) for member in value.values())
    if isinstance(value, list):
        return sum(leaves(item) for item in value)
    return 1


def documents(text: str) -> int:
    """The leaves of a file of one JSON document, or of one a line."""
    try:
        return leaves(json.loads(text))
    except json.JSONDecodeError:
        return sum(leaves(json.loads(line)) for line in text.splitlines() if line.strip())


def count(path: Path) -> int:
    """The values of a file; its kind is told by its content."""
    text = text_of(path.read_bytes())
    start = text.lstrip()
    if start[:15].upper() == "BEGIN:VCALENDAR":
        return properties(text)
    if start[:1] in {"{", "["}:
        return documents(text)
    return cells(text)


def own_test() -> None:
    """Counts small texts whose values are counted by hand."""
    table = 'nom;ville;note\nLe Bal;Briançon;\n"Le ""Cirque""";;"deux\nlignes"\n'
    assert cells(table) == 4, cells(table)
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n"
        'DTSTART;TZID="Europe/Paris";VALUE=DATE-TIME:20261123T203000\r\nSUMMARY:Un titre\r\n  long\r\n'
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert properties(calendar) == 6, properties(calendar)
    assert documents('{"a": [1, null, {"b": "x", "c": []}], "d": false}') == 4
    assert documents('{"a": 1}\n\n{"a": 2, "b": 3}\n') == 3
    print("recount: 4 hand counts agree")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="a table, a calendar or JSON(-LD)")
    parser.add_argument("--test", action="store_true", help="count texts that were counted by hand")
    arguments = parser.parse_args()
    if arguments.test:
        own_test()
        return 0
    if arguments.file is None:
        parser.error("name a file")
    print(json.dumps({"source_values": count(arguments.file)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
