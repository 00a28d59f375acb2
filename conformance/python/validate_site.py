"""Reads a delivered site with others' readers and says, encoding by encoding, whether they accept it.

  data/*.ics      icalendar, strictly: no recorded error, UID, DTSTAMP and DTSTART everywhere, no pair of UID and
                  RECURRENCE-ID twice, every TZID described, lines of at most 75 octets ended by CRLF
  data/*.jsonld   rdflib, offline: every record once, of a class of schema.org, with its name; performances are
                  events with a start
  data/*.geojson  geojson-validator (RFC 7946), points only, longitude before latitude
  data/*.csv      frictionless, the schema inferred from all rows: no row in error, no name twice
  data/*.json     the same number of records as .ndjson, .csv and .jsonld
  catalog.jsonld  rdflib, offline: DCAT datasets whose distributions are files of the site
  index.html      one block of JSON-LD, which parses

Nothing is fetched: a reader that opens a connection is stopped. Prints a table and ends with 1 on any failure.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Callable, Iterator
from urllib.parse import unquote, urlparse

SCHEMA = "http://schema.org/"
DCAT = "http://www.w3.org/ns/dcat#"
BASE = "https://site.invalid/"

# schema.org 29, the class Event and those below it.
EVENTS = {
    "Event", "BusinessEvent", "ChildrensEvent", "ComedyEvent", "CourseInstance", "DanceEvent", "DeliveryEvent",
    "EducationEvent", "EventSeries", "ExhibitionEvent", "Festival", "FoodEvent", "Hackathon", "LiteraryEvent",
    "MusicEvent", "PublicationEvent", "SaleEvent", "ScreeningEvent", "SocialEvent", "SportsEvent",
    "TheaterEvent", "VisualArtsEvent", "PerformingArtsEvent", "ConferenceEvent",
}  # fmt: skip

# What the context of schema.org says that a reader of events needs, so that it is not fetched.
SCHEMA_CONTEXT = {"@vocab": SCHEMA, "id": "@id", "type": "@type", "url": {"@type": "@id"}}


class Fault(Exception):
    """Something an independent reader does not accept."""


def no_network(*_: object, **__: object) -> None:
    raise Fault("a reader wanted to open a connection")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def records_of(path: Path) -> list:
    """The records of a JSON file: a list, or the one list of an object."""
    document = json.loads(read(path))
    if isinstance(document, list):
        return document
    lists = [value for value in document.values() if isinstance(value, list)]
    if len(lists) != 1:
        raise Fault(f"{len(lists)} lists in the object, one was expected")
    if document.get("count", len(lists[0])) != len(lists[0]):
        raise Fault(f"{document['count']} records declared, {len(lists[0])} found")
    return lists[0]


def calendar(path: Path) -> int:
    import icalendar

    data = path.read_bytes()
    lines = data.split(b"\r\n")
    if lines.pop() != b"":
        raise Fault("the last line is not ended by CRLF")
    for number, line in enumerate(lines, 1):
        if b"\n" in line or b"\r" in line:
            raise Fault(f"line {number} is ended by something else than CRLF")
        if len(line) > 75:
            raise Fault(f"line {number} has {len(line)} octets")
        line.decode("utf-8")  # a fold never parts a character
    parsed = icalendar.Calendar.from_ical(data)
    errors = [error for component in parsed.walk() for error in getattr(component, "errors", [])]
    if errors:
        raise Fault(f"{len(errors)} errors, the first: {errors[0]}")
    for name in ("VERSION", "PRODID"):
        if name not in parsed:
            raise Fault(f"the calendar has no {name}")
    seen = set()
    events = parsed.walk("VEVENT")
    for event in events:
        for name in ("UID", "DTSTAMP", "DTSTART"):
            if name not in event:
                raise Fault(f"an event has no {name}: {event.get('UID', event.get('SUMMARY'))}")
        recurrence = event.get("RECURRENCE-ID")
        key = (str(event["UID"]), recurrence and recurrence.to_ical())
        if key in seen:
            raise Fault(f"twice in the calendar: {key}")
        seen.add(key)
        if "DTEND" in event and event["DTEND"].dt < event["DTSTART"].dt:
            raise Fault(f"{event['UID']} ends before it starts")
    undescribed = parsed.get_missing_tzids()
    if undescribed:
        raise Fault(f"no VTIMEZONE for {', '.join(sorted(undescribed))}")
    return len(events)


def with_contexts(value: object) -> object:
    """The document with the context of schema.org put in its place."""
    if isinstance(value, list):
        return [with_contexts(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: context(member) if name == "@context" else with_contexts(member) for name, member in value.items()
    }


def context(value: object) -> object:
    if isinstance(value, list):
        return [context(item) for item in value]
    if isinstance(value, str):
        if value.rstrip("/").removeprefix("https://").removeprefix("http://") != "schema.org":
            raise Fault(f"the context {value} would have to be fetched")
        return SCHEMA_CONTEXT
    return value


def graph_of(document: object):
    """The graph of a JSON-LD document, the schema.org terms all with http://."""
    import rdflib

    graph = rdflib.Graph()
    text = json.dumps(with_contexts(document)).replace("https://schema.org/", SCHEMA)
    graph.parse(data=text, format="json-ld", publicID=BASE)
    return graph


def is_event(term: object) -> bool:
    return str(term).removeprefix(SCHEMA) in EVENTS and str(term).startswith(SCHEMA)


def linked(path: Path) -> int:
    import rdflib

    document = json.loads(read(path))
    graph = graph_of(document)
    records = [rdflib.URIRef(node["@id"]) for node in document["@graph"]]
    if len(set(records)) != len(records):
        raise Fault("a record stands twice in the graph")
    for record in records:
        kinds = [str(kind) for kind in graph.objects(record, rdflib.RDF.type)]
        if not kinds or not all(kind.startswith(SCHEMA) for kind in kinds):
            raise Fault(f"{record} is of no class of schema.org: {kinds}")
        wanted = ["name"]
        if path.stem == "performance":
            wanted.append("startDate")
            if not all(is_event(kind) for kind in kinds):
                raise Fault(f"{record} is no event: {kinds}")
        for name in wanted:
            if (record, rdflib.URIRef(SCHEMA + name), None) not in graph:
                raise Fault(f"{record} has no {name}")
    return len(records)


def positions(value: object) -> Iterator[tuple[float, float]]:
    """Every longitude and latitude anywhere in a record."""
    if isinstance(value, dict):
        if "latitude" in value and "longitude" in value:
            yield float(value["longitude"]), float(value["latitude"])
        for member in value.values():
            yield from positions(member)
    elif isinstance(value, list):
        for item in value:
            yield from positions(item)


def geography(path: Path) -> int:
    from geojson_validator import validate_structure
    from loguru import logger

    logger.remove()
    document = json.loads(read(path))
    errors = validate_structure(document, check_crs=True)
    if errors:
        raise Fault(str(errors))
    if document.get("type") != "FeatureCollection":
        raise Fault("it is no FeatureCollection")
    known = {
        (round(longitude, 6), round(latitude, 6))
        for file in path.parent.glob("*.json")
        for longitude, latitude in positions(json.loads(read(file)))
    }
    for feature in document["features"]:
        geometry = feature["geometry"]
        if geometry is None:
            continue
        if geometry["type"] != "Point" or len(geometry["coordinates"]) != 2:
            raise Fault(f"{geometry['type']} of {len(geometry['coordinates'])} numbers, a point of 2 was expected")
        longitude, latitude = geometry["coordinates"]
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise Fault(f"{longitude}, {latitude} is nowhere")
        if known and (round(longitude, 6), round(latitude, 6)) not in known:
            raise Fault(f"{longitude}, {latitude} is the position of no record: latitude before longitude?")
    return len(document["features"])


def table(path: Path) -> int:
    import frictionless
    from frictionless.resources import TableResource

    detector = frictionless.Detector(sample_size=1_000_000, field_confidence=1)
    with frictionless.system.use_context(trusted=True):
        resource = TableResource(path=str(path), encoding="utf-8", detector=detector)
        report = resource.validate()
    if not report.valid:
        first = report.flatten(["rowNumber", "fieldName", "type", "note"])[0]
        raise Fault(f"{report.stats['errors']} errors, the first: {first}")
    return report.tasks[0].stats["rows"]


def lines(path: Path) -> int:
    return sum(isinstance(json.loads(line), dict) for line in read(path).splitlines())


def catalog(path: Path) -> int:
    import rdflib

    graph = graph_of(json.loads(read(path)))
    datasets = set(graph.subjects(rdflib.RDF.type, rdflib.URIRef(DCAT + "Dataset")))
    if not datasets:
        raise Fault("no dcat:Dataset")
    site = path.parent
    found = 0
    for dataset in datasets:
        distributions = list(graph.objects(dataset, rdflib.URIRef(DCAT + "distribution")))
        if not distributions:
            raise Fault(f"{dataset} has no distribution")
        for distribution in distributions:
            addresses = list(graph.objects(distribution, rdflib.URIRef(DCAT + "downloadURL")))
            if len(addresses) != 1:
                raise Fault(f"{distribution} has {len(addresses)} download addresses")
            named = unquote(urlparse(str(addresses[0])).path).lstrip("/")
            # The site may live below the root of its host.
            parts = named.split("/")
            if not any((site / "/".join(parts[start:])).is_file() for start in range(len(parts))):
                raise Fault(f"{named} is not a file of the site")
            found += 1
    declared = {str(file.relative_to(site)) for file in (site / "data").iterdir()}
    if found < len(declared):
        raise Fault(f"{found} distributions for {len(declared)} files of data/")
    return len(datasets)


class Scripts(HTMLParser):
    """Collects the blocks of JSON-LD of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "script" and dict(attrs).get("type") == "application/ld+json":
            self.inside = True
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.blocks[-1] += data


def page(path: Path) -> int:
    scripts = Scripts()
    scripts.feed(read(path))
    scripts.close()
    if len(scripts.blocks) != 1:
        raise Fault(f"{len(scripts.blocks)} blocks of JSON-LD, one was expected")
    return len(graph_of(json.loads(scripts.blocks[0])))


def plain(path: Path) -> int:
    return len(records_of(path))


READERS: dict[str, tuple[str, Callable[[Path], int]]] = {
    ".ics": ("icalendar", calendar),
    ".jsonld": ("rdflib", linked),
    ".geojson": ("geojson-validator", geography),
    ".csv": ("frictionless", table),
    ".json": ("json", plain),
    ".ndjson": ("json, by line", lines),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path, help="the folder that `c3ms deliver` wrote")
    site: Path = parser.parse_args().site
    socket.socket.connect = no_network  # type: ignore[method-assign]
    socket.create_connection = no_network  # type: ignore[assignment]
    socket.getaddrinfo = no_network  # type: ignore[assignment]

    jobs = [("catalog.jsonld", "rdflib", catalog), ("index.html", "html.parser, rdflib", page)]
    data = sorted((site / "data").iterdir()) if (site / "data").is_dir() else []
    for path in data:
        # What partners are given is read by validate_partners.py.
        if path.suffix in READERS and path.name.count(".") == 1:
            jobs.append((f"data/{path.name}", *READERS[path.suffix]))
    failures = 0
    counts: dict[str, dict[str, int]] = {}
    print(f"{'encoding':<30}{'validator':<22}{'records':>8}  result")
    for name, validator, reader in jobs:
        path = site / name
        try:
            found: int | str = reader(path)
            result = "ok"
            if name.startswith("data/"):
                counts.setdefault(path.stem, {})[path.suffix] = int(found)
        except Exception as cause:  # any complaint of a reader is a failure of the site
            found, result = "-", f"{type(cause).__name__}: {cause}"
            failures += 1
        print(f"{name:<30}{validator:<22}{found:>8}  {result}", flush=True)
    for cube, by_encoding in sorted(counts.items()):
        # A map may leave out what has no position; all else tells every record.
        whole = {suffix: number for suffix, number in by_encoding.items() if suffix != ".geojson"}
        if len(set(whole.values())) > 1 or by_encoding.get(".geojson", 0) > max(whole.values(), default=0):
            print(f"{cube}: not the same number of records in every encoding: {by_encoding}")
            failures += 1
    for suffix in READERS:
        if not (site / "data" / f"performance{suffix}").is_file():
            print(f"data/performance{suffix} is missing")
            failures += 1
    print(f"{len(jobs)} files read, {failures} failures")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
