"""What validate_partners.py reads, broken in one place each: it must say so.

Takes the folder `data` of the site of the example.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable

import pyarrow.parquet

from validate_partners import check

Break = Callable[[Any], None]


def event(change: Break) -> Break:
    return lambda document: change(document["events"][0])


def dated(change: Break) -> Break:
    """Of the first event that has several dates, all in winter or all in summer time."""

    def is_dated(event: Any) -> bool:
        begins = [timing["begin"] for timing in event["timings"]]
        return len(begins) > 1 and len({begin[-6:] for begin in begins}) == 1

    return lambda document: change(next(filter(is_dated, document["events"])))


def node(change: Break) -> Break:
    return lambda document: change(document["@graph"][0])


def put(name: str, value: Any) -> Break:
    return lambda members: members.__setitem__(name, value)


DOCUMENTS: list[tuple[str, str, Break]] = [
    ("performance.openagenda.json", "a total that is not", put("total", 7)),
    ("performance.openagenda.json", "a status nobody knows", event(put("status", 7))),
    ("performance.openagenda.json", "no date", event(put("timings", []))),
    ("performance.openagenda.json", "a date that is none", event(lambda e: e["timings"][0].update(begin="soon"))),
    ("performance.openagenda.json", "a date before the last", dated(lambda e: e["timings"].reverse())),
    ("performance.openagenda.json", "a long title", event(put("title", {"fr": "x" * 141}))),
    ("performance.openagenda.json", "a uid twice", lambda d: d["events"][1].update(uid=d["events"][0]["uid"])),
    ("performance.openagenda.json", "nowhere", event(lambda e: e["location"].update(latitude=91))),
    ("performance.datatourisme.jsonld", "no class", node(put("@type", ["PointOfInterest"]))),
    ("performance.datatourisme.jsonld", "no period", node(put("takesPlaceAt", []))),
    ("performance.datatourisme.jsonld", "a time that is none", node(lambda n: n["takesPlaceAt"][0].update(startTime="8 pm"))),
    ("performance.datatourisme.jsonld", "an address twice", lambda d: d["@graph"][1].update({"@id": d["@graph"][0]["@id"]})),
    ("performance.datatourisme.jsonld", "another vocabulary", lambda d: d["@context"].update({"@vocab": "https://schema.org/"})),
]  # fmt: skip


def tables(source: Path, folder: Path) -> list[tuple[str, Path]]:
    """The same table, broken in several ways."""
    broken: list[tuple[str, Path]] = []

    def keep(name: str, why: str, table: Any, geo: dict[str, Any] | None = None) -> None:
        path = folder / f"{len(broken)}{name}"
        metadata = {**(table.schema.metadata or {}), **({b"geo": json.dumps(geo).encode()} if geo else {})}
        pyarrow.parquet.write_table(table.replace_schema_metadata(metadata), path)
        broken.append((why, path))

    plain = pyarrow.parquet.read_table(source / "performance.parquet")
    keep(".parquet", "an id twice", pyarrow.concat_tables([plain, plain]))
    keep(".parquet", "no id", plain.drop_columns(["id"]))
    path = source / "performance.geo.parquet"
    geo = json.loads(pyarrow.parquet.read_metadata(path).metadata[b"geo"])
    table = pyarrow.parquet.read_table(path)
    table = table.replace_schema_metadata({})
    keep(".geo.parquet", "no metadata", table)
    keep(".geo.parquet", "another version", table, {**geo, "version": "9.0.0"})
    column = geo["columns"]["geometry"]
    keep(".geo.parquet", "bounds elsewhere", table, {**geo, "columns": {"geometry": {**column, "bbox": [0, 0, 1, 1]}}})
    keep(".geo.parquet", "no encoding", table, {**geo, "columns": {"geometry": {**column, "encoding": "other"}}})
    cut = folder / "cut.parquet"
    cut.write_bytes((source / "performance.parquet").read_bytes()[:-20])
    broken.append(("cut off", cut))
    return broken


def main() -> int:
    source = Path(sys.argv[1])
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broken: list[tuple[str, Path]] = []
        for file, why, change in DOCUMENTS:
            document = json.loads((source / file).read_text(encoding="utf-8"))
            change(document)
            path = folder / f"{len(broken)}-{file}"
            path.write_text(json.dumps(document), encoding="utf-8")
            broken.append((f"{file}: {why}", path))
        broken += tables(source, folder)
        for why, path in broken:
            try:
                check(path)
            except Exception:  # any complaint will do
                continue
            print(f"not seen: {why}")
            missed += 1
    print(f"{len(broken)} broken files, {missed} not seen")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
