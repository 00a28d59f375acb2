"""Reads what partners and analysts are given with others' readers and says whether they accept it.

  *.openagenda.json     jsonschema, against schemas/delivery/openagenda.schema.json; as many events as `total` says,
                        no uid twice, dates in their order
  *.datatourisme.jsonld jsonschema, against schemas/delivery/datatourisme.schema.json; rdflib, offline: a point of
                        interest for every node, no address twice
  *.geo.parquet         pyarrow and shapely: the metadata `geo`, points within their bounds, `bbox` row by row;
                        geoparquet-validator: the metadata against the schema of GeoParquet
  *.parquet             pyarrow: every column of one type, ids that stand once, the moment a record was changed

No schema of OpenAgenda or DATAtourisme is published: ours say what their documentation and real exports say.
Nothing is fetched. Prints a line for each file and ends with 1 on any failure.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Callable

from validate_encodings import Fault, no_network

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas" / "delivery"
CORE = "https://www.datatourisme.gouv.fr/ontology/core#"


def against(name: str, document: Any) -> None:
    """Holds a document against one of our schemas."""
    import jsonschema

    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    errors = sorted(validator.iter_errors(document), key=lambda error: len(error.path))
    if errors:
        best = jsonschema.exceptions.best_match(errors)
        raise Fault(f"{len(errors)} errors, one at {best.json_path}: {best.message[:200]}")


def open_agenda(path: Path) -> int:
    """Reads an export of events in the way of OpenAgenda; gives their number."""
    document = json.loads(path.read_text(encoding="utf-8"))
    against("openagenda", document)
    events = document["events"]
    if document["total"] != len(events):
        raise Fault(f"{document['total']} events declared, {len(events)} found")
    if len({event["uid"] for event in events}) != len(events):
        raise Fault("a uid stands twice")
    for event in events:
        starts = [timing.get("begin", timing.get("start")) for timing in event["timings"]]
        if len({start[-6:] for start in starts}) == 1 and starts != sorted(starts):
            raise Fault(f"the dates of {event['uid']} are not in their order")
    return len(events)


def datatourisme(path: Path) -> int:
    """Reads a graph in the words of DATAtourisme; gives the number of its events."""
    import rdflib

    text = path.read_text(encoding="utf-8")
    document = json.loads(text)
    against("datatourisme", document)
    addresses = [node["@id"] for node in document["@graph"]]
    if len(set(addresses)) != len(addresses):
        raise Fault("an address stands twice")
    graph = rdflib.Graph().parse(data=text, format="json-ld")
    kinds = rdflib.RDF.type, rdflib.URIRef(CORE + "PointOfInterest")
    found = set(graph.subjects(*kinds))
    if {str(subject) for subject in found} != set(addresses):
        raise Fault(f"{len(addresses)} nodes, rdflib finds {len(found)} points of interest")
    for subject in found:
        if (subject, rdflib.URIRef(CORE + "takesPlaceAt"), None) not in graph:
            raise Fault(f"{subject} takes place at no time")
    return len(found)


def parquet(path: Path) -> int:
    """Reads a table by columns; gives the number of its rows."""
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    table.validate(full=True)
    names = table.column_names
    if len(set(names)) != len(names):
        raise Fault("two columns have the same name")
    if names[:2] != ["id", "updated"]:
        raise Fault(f"it begins with {names[:2]}, not with id and updated")
    ids = table.column("id").to_pylist()
    if None in ids or len(set(ids)) != len(ids):
        raise Fault("an id is missing or stands twice")
    if table.schema.field("updated").type != pyarrow.timestamp("ms", tz="UTC") and len(ids) > 0:
        raise Fault(f"updated is {table.schema.field('updated').type}")
    for field in table.schema:
        if pyarrow.types.is_null(field.type):
            raise Fault(f"{field.name} has no type")
    return table.num_rows


def geo_parquet(path: Path) -> int:
    """Reads a table with points; gives the number of its rows."""
    import pyarrow.parquet
    import shapely

    rows = parquet(path)
    metadata = pyarrow.parquet.read_metadata(path).metadata or {}
    if b"geo" not in metadata:
        raise Fault("there is no metadata called geo")
    geo = json.loads(metadata[b"geo"])
    if geo.get("version") != "1.1.0":
        raise Fault(f"version {geo.get('version')}")
    column = geo["columns"][geo["primary_column"]]
    if column["encoding"] != "WKB" or column["geometry_types"] != ["Point"]:
        raise Fault(f"points as WKB were expected, not {column}")
    table = pyarrow.parquet.read_table(path)
    west, south, east, north = column.get("bbox", (-180, -90, 180, 90))
    geometries = table.column(geo["primary_column"]).to_pylist()
    for bytes_, bbox in zip(geometries, table.column("bbox").to_pylist(), strict=True):
        if (bytes_ is None) != (bbox is None):
            raise Fault("a point without bounds, or bounds without a point")
        if bytes_ is None:
            continue
        point = shapely.from_wkb(bytes_)
        if point.geom_type != "Point" or not (west <= point.x <= east and south <= point.y <= north):
            raise Fault(f"{point} is not within {column.get('bbox')}")
        if (bbox["xmin"], bbox["ymin"], bbox["xmax"], bbox["ymax"]) != (point.x, point.y, point.x, point.y):
            raise Fault(f"the bounds of {point} are {bbox}")
    referee(path)
    return rows


def referee(path: Path) -> None:
    """What another program says of the metadata."""
    import geoparquet_validator

    report = geoparquet_validator.check(str(path))
    failed = [outcome for outcome in report["outcomes"] if outcome["status"] == "fail"]
    if failed:
        raise Fault(f"{len(failed)} tests failed, the first: {failed[0]['id']}: {failed[0]['message']}")


READERS: list[tuple[str, str, Callable[[Path], int]]] = [
    (".openagenda.json", "jsonschema", open_agenda),
    (".datatourisme.jsonld", "jsonschema, rdflib", datatourisme),
    (".geo.parquet", "pyarrow, shapely", geo_parquet),
    (".parquet", "pyarrow", parquet),
]


def check(path: Path) -> tuple[str, int] | None:
    """Reads a file by the reader of its name; `None` where there is none for it."""
    for suffix, validator, reader in READERS:
        if path.name.endswith(suffix):
            return validator, reader(path)
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, nargs="+", help="files, or folders with files, that were delivered")
    paths: list[Path] = parser.parse_args().path
    no_network_from_here()
    files = [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    read = failures = 0
    print(f"{'file':<40}{'validator':<26}{'records':>8}  result")
    for file in files:
        try:
            found = check(file)
        except Exception as cause:  # any complaint of a reader is a failure of the file
            print(f"{file.name:<40}{'':<26}{'-':>8}  {type(cause).__name__}: {cause}", flush=True)
            read, failures = read + 1, failures + 1
            continue
        if found:
            print(f"{file.name:<40}{found[0]:<26}{found[1]:>8}  ok", flush=True)
            read += 1
    print(f"{read} files read, {failures} failures")
    return int(failures > 0 or read == 0)


def no_network_from_here() -> None:
    """Stops a reader that opens a connection."""
    import socket

    socket.socket.connect = no_network  # type: ignore[method-assign]
    socket.create_connection = no_network  # type: ignore[assignment]
    socket.getaddrinfo = no_network  # type: ignore[assignment]


if __name__ == "__main__":
    sys.exit(main())
