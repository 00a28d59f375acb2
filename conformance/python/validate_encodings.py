"""Reads a delivered site with others' readers and says, encoding by encoding, whether they accept it.

  json      every file is JSON; as many records in .json, .ndjson, .csv, .xlsx, .jsonld and .ttl
  .ics      icalendar, strictly: no recorded error, UID, DTSTAMP and DTSTART everywhere, no pair of UID and
            RECURRENCE-ID twice, every TZID described, lines of at most 75 octets ended by CRLF; ical.js, strictly
  .jsonld   rdflib, offline: every record once, of a class of schema.org, with its name; performances are events
            with a start; pyshacl with shapes/events.ttl
  .ttl      rdflib: the same triples as the JSON-LD; pyshacl with shapes/events.ttl
  .geojson  geojson-validator (RFC 7946), points only, longitude before latitude
  .csv      frictionless, by datapackage.json: names, types, keys
  .xlsx     openpyxl: no formula, and in each cell what the CSV says
  .rss, .atom  feedparser: well formed, ids that differ, dates that are dates, nothing that runs
  .activity.json  rdflib: events with a name and instants
  catalog   rdflib, pyshacl with shapes/catalog.ttl; distributions are files of the site
  sitemap, index.html  xml.etree, html.parser

Each validator is then given the same file, broken on purpose, and must refuse it. Nothing is fetched: a reader that
opens a connection is stopped. Prints a table and ends with 1 on any failure.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import re
import socket
import subprocess
import sys
import tempfile
import time
import warnings
import xml.etree.ElementTree as ElementTree
import zipfile
from collections import Counter
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Callable, Iterator
from urllib.parse import unquote, urlparse

HERE = Path(__file__).resolve().parent
SHAPES = HERE.parent / "shapes"
SCHEMA = "https://schema.org/"
DCAT = "http://www.w3.org/ns/dcat#"
BASE = "https://site.invalid/"
FEED = 100  # so many records a feed tells
SHAPED = 250  # so many events are held against the shapes, spread over all
READ = 10_000  # so many records readers of RDF are shown, spread over all

# schema.org 29, the class Event and those below it.
EVENTS = {
    "Event", "BusinessEvent", "ChildrensEvent", "ComedyEvent", "CourseInstance", "DanceEvent", "DeliveryEvent",
    "EducationEvent", "EventSeries", "ExhibitionEvent", "Festival", "FoodEvent", "Hackathon", "LiteraryEvent",
    "MusicEvent", "PublicationEvent", "SaleEvent", "ScreeningEvent", "SocialEvent", "SportsEvent",
    "TheaterEvent", "VisualArtsEvent", "PerformingArtsEvent", "ConferenceEvent",
}  # fmt: skip

# What the context of schema.org says that the page needs, so that it is not fetched.
SCHEMA_CONTEXT = {"@vocab": SCHEMA, "id": "@id", "type": "@type", "url": {"@type": "@id"}}
# The same of ActivityStreams.
ACTIVITY = "https://www.w3.org/ns/activitystreams"
ACTIVITY_CONTEXT = {"@vocab": ACTIVITY + "#", "id": "@id", "type": "@type", "orderedItems": {"@container": "@list"}}


class Fault(Exception):
    """Something an independent reader does not accept."""


def no_network(*_: object, **__: object) -> None:
    raise Fault("a reader wanted to open a connection")


class Strict(logging.Handler):
    """Takes what a reader only warns of for a fault."""

    def emit(self, record: logging.LogRecord) -> None:
        raise Fault(record.getMessage())


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def records_of(path: Path) -> list[Any]:
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


def plain(path: Path) -> int:
    return len(records_of(path))


def lines(path: Path) -> int:
    return sum(isinstance(json.loads(line), dict) for line in read(path).split("\n") if line)


# iCalendar


def calendar(path: Path) -> int:
    import icalendar

    data = path.read_bytes()
    parts = data.split(b"\r\n")
    if parts.pop() != b"":
        raise Fault("the last line is not ended by CRLF")
    for number, line in enumerate(parts, 1):
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


def calendar_in_javascript(path: Path) -> int:
    widgets = HERE.parent.parent / "widgets"
    ran = subprocess.run(
        ["node", str(widgets / "test" / "ical.mjs"), str(path)], capture_output=True, text=True, cwd=widgets
    )
    if ran.returncode != 0:
        raise Fault(ran.stderr.strip() or "it ended with a failure")
    return int(ran.stdout)


# RDF


def with_contexts(value: object) -> object:
    """The document with the contexts it names put in their places."""
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
        if value == ACTIVITY:
            return ACTIVITY_CONTEXT
        if value.rstrip("/").removeprefix("https://").removeprefix("http://") != "schema.org":
            raise Fault(f"the context {value} would have to be fetched")
        return SCHEMA_CONTEXT
    return value


def graph_of(document: object) -> Any:
    """The graph of a JSON-LD document."""
    import rdflib

    graph = rdflib.Graph()
    graph.parse(data=json.dumps(with_contexts(document)), format="json-ld", publicID=BASE)
    return graph


def graph_in(path: Path) -> Any:
    import rdflib

    graph = rdflib.Graph()
    graph.parse(data=read(path), format="turtle", publicID=BASE)
    return graph


def is_event(term: object) -> bool:
    return str(term).startswith(SCHEMA) and str(term).removeprefix(SCHEMA) in EVENTS


def described(graph: Any, records: list[Any], is_dated: bool) -> int:
    import rdflib

    if len(set(records)) != len(records):
        raise Fault("a record stands twice in the graph")
    for record in records:
        kinds = [str(kind) for kind in graph.objects(record, rdflib.RDF.type)]
        if not kinds or not all(kind.startswith(SCHEMA) for kind in kinds):
            raise Fault(f"{record} is of no class of schema.org: {kinds}")
        if is_dated and not all(is_event(kind) for kind in kinds):
            raise Fault(f"{record} is no event: {kinds}")
        for name in ["name", "startDate"] if is_dated else ["name"]:
            if (record, rdflib.URIRef(SCHEMA + name), None) not in graph:
                raise Fault(f"{record} has no {name}")
    return len(records)


def linked(path: Path) -> int:
    import rdflib

    document = json.loads(read(path))
    whole = len(document["@graph"])
    document["@graph"] = sampled(document["@graph"], READ)
    records = [rdflib.URIRef(node["@id"], base=BASE) for node in document["@graph"]]
    described(graph_of(document), records, path.stem == "performance")
    return whole


def told(graph: Any) -> Counter[Any]:
    """The triples of a graph whose blank nodes are trees: each is told by what hangs on it."""
    import rdflib

    def term(node: Any) -> Any:
        if isinstance(node, rdflib.BNode):
            return frozenset(Counter((str(name), term(value)) for _, name, value in graph.triples((node, None, None))).items())
        if isinstance(node, rdflib.Literal):
            return (node.toPython() if node.datatype else str(node), str(node.datatype), node.language)
        return node

    found: Counter[Any] = Counter()
    for subject, name, value in graph:
        if not isinstance(subject, rdflib.BNode):
            found[subject, name, term(value)] += 1
    return found


def same_triples(path: Path) -> int:
    import rdflib
    from rdflib.compare import isomorphic

    document = json.loads(read(path.with_suffix(".jsonld")))
    nodes = document.get("@graph", [])
    text = read(path)
    if len(nodes) > READ:
        document["@graph"] = sampled(nodes, READ)
        text = blocks_of(text, nodes, document["@graph"])
    graph, other = rdflib.Graph(), graph_of(document)
    graph.parse(data=text, format="turtle", publicID=BASE)
    ours, theirs = told(graph), told(other)
    if ours != theirs:
        one, two = list((ours - theirs).items())[:1], list((theirs - ours).items())[:1]
        raise Fault(f"only in Turtle {one}; only in JSON-LD {two}")
    if len(graph) < 3_000 and not isomorphic(graph, other):
        raise Fault("the graphs are not isomorphic")
    records = [rdflib.URIRef(node["@id"], base=BASE) for node in document["@graph"]]
    described(graph, records, path.stem == "performance")
    return len(nodes)


def shaped(graph: Any, shapes: str) -> None:
    import pyshacl

    conforms, _, report = pyshacl.validate(graph, shacl_graph=str(SHAPES / shapes), shacl_graph_format="turtle", inference="none", allow_warnings=True)
    if not conforms:
        raise Fault(" ".join(report.split())[:700])


def names_in(value: object) -> Iterator[str]:
    """The names of the nodes in a document."""
    if isinstance(value, dict):
        if "@id" in value:
            yield value["@id"]
        for member in value.values():
            yield from names_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from names_in(item)


def blocks_of(text: str, nodes: list[Any], some: list[Any]) -> str:
    """The blocks of Turtle that tell of some nodes and of what stands within them."""
    wanted = {f"<{name}>" for name in names_in(some)}
    left_out = {f"<{node['@id']}>" for node in nodes} - {f"<{node['@id']}>" for node in some}
    kept = []
    for block in text.split("\n\n"):
        name = block.split(" ")[0]
        # Of a series that was left out, only what others say of it.
        is_whole = name in left_out and "schema:startDate" in block
        if name.startswith("@prefix") or (name in wanted and not is_whole):
            kept.append(block)
    return "\n\n".join(kept)


def sampled(nodes: list[Any], most: int) -> list[Any]:
    """Some of the nodes, spread over all, with those they belong to."""
    step = max(1, len(nodes) // most)
    some = {node["@id"]: node for node in nodes[::step]}
    by_id = {node["@id"]: node for node in nodes}
    for node in list(some.values()):
        above = node.get("superEvent", [])
        for one in above if isinstance(above, list) else [above]:
            if one.get("@id") in by_id:
                some[one["@id"]] = by_id[one["@id"]]
    return list(some.values())


def shaped_events(path: Path) -> int:
    document = json.loads(read(path))
    document["@graph"] = sampled(document["@graph"], SHAPED)
    shaped(graph_of(document), "events.ttl")
    return len(document["@graph"])


def shaped_triples(path: Path) -> int:
    """The blocks of a few events and of all that was told beside them."""
    import rdflib

    blocks = read(path).split("\n\n")
    names = [block.split(" ")[0] if " a schema:Event ;" in block.split("\n")[0] else "" for block in blocks]
    own = list(dict.fromkeys(name for name in names if name))
    some = set(own[:: max(1, len(own) // SHAPED)])
    text = "\n\n".join(block for block, name in zip(blocks, names) if not name or name in some)
    graph = rdflib.Graph()
    graph.parse(data=text, format="turtle", publicID=BASE)
    # What an event belongs to may not be among those.
    for name in ("superEvent", "subEvent"):
        for subject, link, event in list(graph.triples((None, rdflib.URIRef(SCHEMA + name), None))):
            if (event, rdflib.RDF.type, None) not in graph:
                graph.remove((subject, link, event))
    shaped(graph, "events.ttl")
    return len(some)


# maps


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
        raise Fault(str(errors)[:500])
    if document.get("type") != "FeatureCollection":
        raise Fault("it is no FeatureCollection")
    known = {
        (round(longitude, 6), round(latitude, 6))
        for file in files_of(path.parent.parent, "data/*.json")
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


# tables


def package(path: Path) -> int:
    """Every table of the data package, by its schema."""
    import frictionless

    with frictionless.system.use_context(trusted=True):
        report = frictionless.Package(str(path)).validate()
    if not report.valid:
        first = report.flatten(["taskNumber", "rowNumber", "fieldName", "type", "note"])[0]
        raise Fault(f"{report.stats['errors']} errors, the first: {first}")
    named = {task.place for task in report.tasks}
    tables = {f"data/{file.name}" for file in (path.parent / "data").glob("*.csv")}
    if tables - named:
        raise Fault(f"not in the package: {sorted(tables - named)}")
    return sum(task.stats.get("rows", 0) for task in report.tasks)


def normal(text: str) -> str:
    """A text without what a workbook cannot hold."""
    text = re.sub(r"\r\n?", "\n", text)
    return "".join(
        letter for letter in text if letter in "\t\n" or not (ord(letter) < 32 or 127 <= ord(letter) < 160 or ord(letter) in (0xFFFE, 0xFFFF))
    )


def workbook(path: Path) -> int:
    import openpyxl
    from openpyxl.utils.escape import unescape

    with zipfile.ZipFile(path) as archive:
        if any("<f>" in archive.read(name).decode() for name in archive.namelist()):
            raise Fault("there is a formula")
    book = openpyxl.load_workbook(path, read_only=True)
    rows: list[Any] = []
    for sheet in book.worksheets:
        head, *more = sheet.iter_rows(values_only=True)
        rows.extend(more)
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        names, *table = list(csv.reader(file))
    if list(head) != names:
        raise Fault("the columns are not those of the table")
    if len(rows) != len(table):
        raise Fault(f"{len(rows)} rows, the table has {len(table)}")
    for number, (row, wanted) in enumerate(zip(rows, table), 2):
        for name, cell, text in zip(names, row, wanted):
            if isinstance(cell, bool):
                same = text == str(cell).lower()
            elif isinstance(cell, (int, float)):
                same = float(text) == cell
            else:
                written, said = normal(unescape(cell or "")), normal(text)
                same = written in (said, said.removeprefix("'"))
            if not same:
                raise Fault(f"row {number}, {name}: {cell!r}, the table says {text!r}")
    return len(rows)


# feeds


def feed(path: Path) -> int:
    import feedparser

    data = path.read_bytes()
    parsed = feedparser.parse(data)
    if parsed.bozo:
        raise Fault(f"not well formed: {parsed.bozo_exception}")
    if parsed.version not in ("rss20", "atom10"):
        raise Fault(f"it is {parsed.version or 'no feed'}")
    # As a reader shows it who cleans nothing.
    root = ElementTree.fromstring(data)
    for element in root.iter():
        tag = element.tag.split("}")[-1]
        if tag in ("title", "description") and root.tag == "rss" and re.search(r"<\s*(script|!--|/)", element.text or ""):
            raise Fault(f"a {tag} would run as HTML: {element.text!r}")
    ids = [entry.get("id") for entry in parsed.entries]
    if len(set(ids)) != len(ids) or not all(ids):
        raise Fault("two entries have one id, or one has none")
    for entry in parsed.entries:
        if not entry.get("title"):
            raise Fault(f"{entry.id} has no title")
        if not (entry.get("updated_parsed") or entry.get("published_parsed")):
            raise Fault(f"{entry.id} has no date that is one")
    if not parsed.feed.get("title") or not (parsed.feed.get("updated_parsed") or parsed.feed.get("published_parsed")):
        raise Fault("the feed has no title or no date")
    whole = len(records_of(path.with_suffix(".json")))
    if len(parsed.entries) != min(FEED, whole):
        raise Fault(f"{len(parsed.entries)} entries of {whole} records")
    return len(parsed.entries)


def activity(path: Path) -> int:
    import rdflib

    document = json.loads(read(path))
    if document["totalItems"] != len(document["orderedItems"]):
        raise Fault(f"{document['totalItems']} items declared, {len(document['orderedItems'])} found")
    items = document["orderedItems"]
    some = items[:: max(1, len(items) // READ)]
    graph = graph_of({**document, "orderedItems": some})
    events = set(graph.subjects(rdflib.RDF.type, rdflib.URIRef(ACTIVITY + "#Event")))
    if len(events) != len(some) or len({event["id"] for event in items}) != len(items):
        raise Fault(f"{len(events)} events of different names, {len(some)} were expected")
    statuses = {"CONFIRMED", "CANCELLED", "TENTATIVE"}
    for event in items:
        start = datetime.fromisoformat(event["startTime"])
        end = datetime.fromisoformat(event.get("endTime", event["startTime"]))
        if start.tzinfo is None or end < start:
            raise Fault(f"{event['id']}: {event['startTime']} to {event.get('endTime')}")
        if not event["name"] or event["ical:status"] not in statuses:
            raise Fault(f"{event['id']} has no name or no status")
        if re.search(r"<(?!br>)", event["content"]):
            raise Fault(f"{event['id']} holds an element: {event['content'][:200]!r}")
    return len(items)


# the site


def catalog(path: Path) -> int:
    import rdflib

    graph = graph_of(json.loads(read(path))) if path.suffix == ".jsonld" else graph_in(path)
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
            files = [site / "/".join(parts[start:]) for start in range(len(parts))]
            file = next((file for file in files if file.is_file()), None)
            if file is None:
                raise Fault(f"{named} is not a file of the site")
            size = graph.value(distribution, rdflib.URIRef(DCAT + "byteSize"))
            if int(size) != file.stat().st_size:
                raise Fault(f"{named} has {file.stat().st_size} bytes, not {size}")
            found += 1
    declared = {str(file.relative_to(site)) for file in (site / "data").iterdir()}
    if found < len(declared):
        raise Fault(f"{found} distributions for {len(declared)} files of data/")
    return len(datasets)


def shaped_catalog(path: Path) -> int:
    import rdflib

    graph = graph_of(json.loads(read(path))) if path.suffix == ".jsonld" else graph_in(path)
    shaped(graph, "catalog.ttl")
    return len(set(graph.subjects(rdflib.RDF.type, rdflib.URIRef(DCAT + "Dataset"))))


def same_catalog(path: Path) -> int:
    from rdflib.compare import isomorphic

    if not isomorphic(graph_in(path), graph_of(json.loads(read(path.with_suffix(".jsonld"))))):
        raise Fault("it does not say what catalog.jsonld says")
    return catalog(path)


def sitemap(path: Path) -> int:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    root = ElementTree.parse(path).getroot()
    if root.tag != space + "urlset":
        raise Fault(f"it is no urlset: {root.tag}")
    for url in root:
        address, changed = url.findtext(space + "loc"), url.findtext(space + "lastmod")
        if not address or not urlparse(address).scheme.startswith("http"):
            raise Fault(f"{address} is no whole address")
        if changed:
            datetime.fromisoformat(changed)
    return len(root)


class Scripts(HTMLParser):
    """Collects the blocks of JSON-LD of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
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
    document = json.loads(scripts.blocks[0])
    graph_of(document)
    return len(document["@graph"])


# What breaks a file so that its validator must refuse it: a text that is taken out of it, and what stands there then.


def without(old: str, new: str) -> Callable[[bytes], bytes]:
    def broken(data: bytes) -> bytes:
        if old.encode() not in data:
            raise Fault(f"{old!r} is not in it, so it cannot be broken there")
        return data.replace(old.encode(), new.encode())

    return broken


def cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]



Reader = Callable[[Path], int]
# Encoding, how its files are called, validator, reader, how a file is broken; the first file is the one that is broken.
ROWS: list[tuple[str, str, str, Reader, Callable[[bytes], bytes]]] = [
    ("JSON", "data/*.json", "json", plain, cut),
    ("NDJSON", "data/*.ndjson", "json, by line", lines, cut),
    ("CSV, data package", "datapackage.json", "frictionless", package, without('"name": "updated"', '"name": "changed"')),
    ("XLSX", "data/*.xlsx", "openpyxl", workbook, cut),
    ("JSON-LD", "data/*.jsonld", "rdflib", linked, without('"startDate"', '"begins"')),
    ("JSON-LD", "data/performance.jsonld", "pyshacl", shaped_events, without('"priceCurrency"', '"currency"')),
    ("Turtle", "data/*.ttl", "rdflib", same_triples, without("schema:startDate", "schema:begins")),
    ("Turtle", "data/performance.ttl", "pyshacl", shaped_triples, without("schema:eventStatus", "schema:status")),
    ("iCalendar", "data/*.ics", "icalendar", calendar, without("\r\nUID:", "\r\nX-UID:")),
    ("iCalendar", "data/*.ics", "ical.js", calendar_in_javascript, without("BEGIN:VEVENT", "BEGIN VEVENT")),
    ("RSS", "data/*.rss", "feedparser", feed, without("</channel>", "<channel>")),
    ("Atom", "data/*.atom", "feedparser", feed, without("</entry>", "<entry>")),
    ("ActivityStreams", "data/*.activity.json", "rdflib", activity, without("T20:30:00", " at half past eight")),
    ("GeoJSON", "data/*.geojson", "geojson-validator", geography, without('"Point"', '"Dot"')),
    ("catalog, JSON-LD", "catalog.jsonld", "rdflib", catalog, without("dcat:downloadURL", "dcat:landingPage")),
    ("catalog, JSON-LD", "catalog.jsonld", "pyshacl", shaped_catalog, without("dct:title", "dct:name")),
    ("catalog, Turtle", "catalog.ttl", "rdflib", same_catalog, without("dct:title", "dct:name")),
    ("catalog, Turtle", "catalog.ttl", "pyshacl", shaped_catalog, without("dct:license", "dct:rights")),
    ("sitemap", "sitemap.xml", "xml.etree", sitemap, without("</url>", "")),
    ("front page", "index.html", "html.parser, rdflib", page, without("application/ld+json", "text/plain")),
]  # fmt: skip

# The encodings that tell every record.
WHOLE = {"JSON", "NDJSON", "XLSX", "JSON-LD", "Turtle"}


def files_of(site: Path, pattern: str) -> list[Path]:
    found = sorted(site.glob(pattern), key=lambda path: (path.name.split(".")[0] != "performance", path.name))
    # What partners and the fediverse are given has a name of its own, and readers of its own.
    own = (".activity.json", ".openagenda.json", ".datatourisme.jsonld")
    return [path for path in found if not path.name.endswith(own) or pattern.endswith(own)]


def refuses(reader: Reader, path: Path, site: Path, breaking: Callable[[bytes], bytes]) -> None:
    """The reader is shown a broken copy beside the other files, and must not take it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for file in site.iterdir():
            if file.name != "data":
                (copy / file.name).symlink_to(file.resolve())
        (copy / "data").mkdir()
        for file in (site / "data").iterdir():
            (copy / "data" / file.name).symlink_to(file.resolve())
        broken = copy / path.relative_to(site)
        content = breaking(path.read_bytes())
        broken.unlink()
        broken.write_bytes(content)
        try:
            reader(broken)
        except Exception:  # any complaint is what is wanted
            return
    raise Fault("the broken file was accepted")


def main() -> int:
    global SHAPED, READ
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("site", type=Path, help="the folder that holds a delivered site")
    parser.add_argument("--broken", type=Path, help="another site, small, whose files are broken; else the same")
    parser.add_argument("--shaped", type=int, help=f"hold so many events against the shapes, and show readers of RDF as many ({SHAPED}, {READ})")
    parser.add_argument("--times", action="store_true", help="tell the seconds of each row")
    arguments = parser.parse_args()
    site: Path = arguments.site.resolve()
    small: Path = (arguments.broken or site).resolve()
    if arguments.shaped:
        SHAPED = READ = arguments.shaped
    warnings.simplefilter("ignore")
    logging.getLogger("rdflib").addHandler(Strict(logging.WARNING))
    socket.socket.connect = no_network  # type: ignore[method-assign, assignment]
    socket.create_connection = no_network  # type: ignore[assignment]
    socket.getaddrinfo = no_network  # type: ignore[assignment]

    failures = 0
    counts: dict[str, dict[str, int]] = {}
    print(f"{'encoding':<20}{'validator':<22}{'records':>8}  result")
    for encoding, pattern, validator, reader, breaking in ROWS:
        begun, found, result = time.monotonic(), 0, "ok, a broken file is refused"
        try:
            files = files_of(site, pattern)
            if not files and encoding != "sitemap":
                raise Fault(f"{pattern} is missing")
            for path in files:
                try:
                    number = reader(path)
                except Exception as cause:
                    raise Fault(f"{path.name}: {type(cause).__name__}: {cause}") from cause
                found += number
                if encoding in WHOLE and "*" in pattern:
                    counts.setdefault(path.name.split(".")[0], {})[encoding] = number
            if files:
                refuses(reader, files_of(small, pattern)[0], small, breaking)
            else:
                result = "left out: the address of the site is not known"
        except Exception as cause:  # any complaint of a reader is a failure of the site
            result = f"FAILED {type(cause).__name__}: {cause}"
            failures += 1
        took = f" ({time.monotonic() - begun:.1f} s)" if arguments.times else ""
        print(f"{encoding:<20}{validator:<22}{found:>8}  {result}{took}", flush=True)
    for cube, by_encoding in sorted(counts.items()):
        if len(set(by_encoding.values())) > 1:
            print(f"{cube}: not the same number of records in every encoding: {by_encoding}")
            failures += 1
    print(f"{len(ROWS)} rows, {failures} failures")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
