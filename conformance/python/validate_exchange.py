"""Reads what `c3ms format export` writes with others' readers, and the records of a delivered site through it.

  CUBE.table-schema.json    frictionless: the schema is valid, and every record of the cube is a valid row of it
  CUBE.json-ld-context.json rdflib, offline: every record under it is linked data with the terms of its fields: as
                            many texts as it has languages, codes and addresses as resources, days with their type
  CUBE.json-forms.json      every scope leads to a property of CUBE.json-schema.json, once

Usage: validate_exchange.py EXPORTS SITE. Nothing is fetched. Prints a table and ends with 1 on any failure.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
from pathlib import Path
from typing import Callable, Iterator

BASE = "https://site.invalid/"
XSD = "http://www.w3.org/2001/XMLSchema#"


class Fault(Exception):
    """Something an independent reader does not accept."""


def no_network(*_: object, **__: object) -> None:
    raise Fault("a reader wanted to open a connection")


def load(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def documents(site: Path, cube: str) -> list[dict]:
    """The records of a cube, each with its id."""
    path = site / "data" / f"{cube}.json"
    if not path.is_file():
        return []
    return [{"id": record["id"], **record["document"]} for record in load(path)["records"]]


def table(exports: Path, site: Path, cube: str) -> str:
    import frictionless

    descriptor = load(exports / f"{cube}.table-schema.json")
    schema = frictionless.Schema.from_descriptor(descriptor)
    report = frictionless.Schema.validate_descriptor(descriptor)
    if not report.valid:
        raise Fault(str(report.flatten(["type", "note"])[:3]))
    names = [field.name for field in schema.fields]
    records = documents(site, cube)
    strangers = {name for record in records for name in record} - set(names)
    if strangers:
        raise Fault(f"no columns for {sorted(strangers)}")
    # Other tables are not there: their keys are checked where they are published together.
    descriptor.pop("foreignKeys", None)
    rows = [names, *([record.get(name) for name in names] for record in records)]
    resource = frictionless.Resource(rows, schema=frictionless.Schema.from_descriptor(descriptor))
    report = resource.validate()
    if not report.valid:
        first = report.flatten(["rowNumber", "fieldName", "type", "note"])[0]
        raise Fault(f"{report.stats['errors']} errors, the first: {first}")
    if report.tasks[0].stats["rows"] != len(records):
        raise Fault(f"{report.tasks[0].stats['rows']} rows of {len(records)}")
    return f"{len(records)} rows, {len(names)} columns"


def table_refuses(exports: Path, _site: Path, cube: str) -> str:
    """A row with an empty list and nothing else lacks all that is required: the check checks."""
    import frictionless

    descriptor = load(exports / f"{cube}.table-schema.json")
    descriptor.pop("foreignKeys", None)
    names = [field["name"] for field in descriptor["fields"]]
    # A row without any value would be told as blank, and nothing else of it.
    lists = [field["name"] for field in descriptor["fields"] if field["type"] == "array"]
    row = [[] if name in lists[:1] else None for name in names]
    schema = frictionless.Schema.from_descriptor(descriptor)
    report = frictionless.Resource([names, row], schema=schema).validate()
    required = {field["name"] for field in descriptor["fields"] if field.get("constraints", {}).get("required")}
    missed = {name for name, kind in report.flatten(["fieldName", "type"]) if kind == "constraint-error"}
    if missed != required:
        raise Fault(f"{sorted(required)} are required, {sorted(missed)} were missed")
    return f"{len(required)} required"


def expected(record: dict, context: dict) -> dict[str, int]:
    """How many values each term has in a record, at its top; counted without any reader of JSON-LD."""
    found: dict[str, int] = {}
    for name, value in record.items():
        term = context.get(name)
        if name == "id" or not isinstance(term, dict):
            continue
        if term.get("@container") == "@language":
            values = [(language, text) for language, text in value.items()]
        elif term.get("@container") == "@list":
            values = [None]
        else:
            # A set holds each value once; objects are nodes of their own.
            values = value if isinstance(value, list) else [value]
            plain = {json.dumps(one) for one in values if not isinstance(one, dict)}
            values = [one for one in values if isinstance(one, dict)] + sorted(plain)
        found[term["@id"]] = found.get(term["@id"], 0) + len(values)
    return found


def linked(exports: Path, site: Path, cube: str) -> str:
    import rdflib

    context = load(exports / f"{cube}.json-ld-context.json")["@context"]
    triples = 0
    records = documents(site, cube)
    for record in records:
        graph = rdflib.Graph()
        graph.parse(data=json.dumps({"@context": context, **record}), format="json-ld", base=BASE)
        subject = rdflib.URIRef(BASE + record["id"])
        triples += len(graph)
        for term, count in expected(record, context).items():
            values = list(graph.objects(subject, rdflib.URIRef(term)))
            if len(values) != count:
                raise Fault(f"{record['id']}: {len(values)} values of {term}, {count} expected: {values}")
        for name, value in record.items():
            term = context.get(name)
            if not isinstance(term, dict):
                continue
            values = list(graph.objects(subject, rdflib.URIRef(term["@id"])))
            if term.get("@container") == "@language":
                for language, text in value.items():
                    # Tags are compared without regard to case.
                    if rdflib.Literal(text, lang=language.lower()) not in values:
                        raise Fault(f"{record['id']}: no {name} in {language}")
            elif term.get("@type") == "@id":
                if not all(isinstance(one, rdflib.URIRef) for one in values):
                    raise Fault(f"{record['id']}: {name} is no resource: {values}")
            elif term.get("@type") == "@vocab":
                for code in value if isinstance(value, list) else [value]:
                    if rdflib.URIRef(term["@context"][code]) not in values:
                        raise Fault(f"{record['id']}: {code} of {name} is not {term['@context'][code]}")
            elif term.get("@type", "").startswith(XSD):
                if not any(str(getattr(one, "datatype", "")) == term["@type"] for one in values):
                    raise Fault(f"{record['id']}: {name} has no type {term['@type']}")
    return f"{len(records)} records, {triples} triples"


def scopes(element: dict) -> Iterator[str]:
    if "scope" in element:
        yield element["scope"]
    for inner in element.get("elements", []):
        yield from scopes(inner)


def form(exports: Path, _site: Path, cube: str) -> str:
    schema = load(exports / f"{cube}.json-schema.json")
    ui = load(exports / f"{cube}.json-forms.json")

    def walk(layout: dict, schema: dict) -> int:
        found = list(scopes(layout))
        if len(found) != len(set(found)):
            raise Fault("a property is asked twice")
        for scope in found:
            value: dict = schema
            for step in scope.removeprefix("#/").split("/"):
                value = value[step.replace("~1", "/").replace("~0", "~")]
        inner = 0
        for element in elements(layout):
            detail = element.get("options", {}).get("detail")
            if detail:
                value = schema
                for step in element["scope"].removeprefix("#/").split("/"):
                    value = value[step]
                inner += walk(detail, value["items"])
        return len(found) + inner

    def elements(layout: dict) -> Iterator[dict]:
        for element in layout.get("elements", []):
            yield element
            yield from elements(element)

    return f"{walk(ui, schema)} controls"


CHECKS: list[tuple[str, Callable[[Path, Path, str], str]]] = [
    ("Table Schema", table),
    ("Table Schema refuses", table_refuses),
    ("JSON-LD context", linked),
    ("JSON Forms", form),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exports", type=Path)
    parser.add_argument("site", type=Path)
    asked = parser.parse_args()
    socket.socket.connect = no_network  # type: ignore[assignment,method-assign]
    cubes = sorted(path.name.removesuffix(".table-schema.json") for path in asked.exports.glob("*.table-schema.json"))
    bad = 0 if cubes else 1
    for cube in cubes:
        for name, check in CHECKS:
            try:
                print(f"{cube:<12} {name:<21} {check(asked.exports, asked.site, cube)}")
            except Exception as fault:  # whatever a reader raises, it does not accept
                bad += 1
                print(f"{cube:<12} {name:<21} FAILED: {type(fault).__name__}: {fault}")
    print(f"{len(cubes)} cubes, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
