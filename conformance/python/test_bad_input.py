"""Gives C3MS what it must refuse, and checks how it refuses.

Files that are damaged, folders that are not there, databases that were altered: each time the command ends
with status 1, names a stable code (`area.name`, the one expected here), shows no panic, and leaves the
cooperative as it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path

from c3ms import C3ms

GOOD = (
    "identifiant,nom,commune,latitude,longitude\n"
    "l1,Le Bal,Briançon,44.8993,6.6432\n"
    "l2,Le Cirque,Embrun,44.5646,6.4957\n"
    "l3,Théâtre du Rempart,Mont-Dauphin,44.6689,6.6244\n"
)

CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\nBEGIN:VEVENT\r\nUID:1@test\r\n"
    "DTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Mars/Olympus:20261123T203000\r\nSUMMARY:Le Bal\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)

PANIC = re.compile(r"panicked|RUST_BACKTRACE|Traceback|stack overflow|internal error|\.rs:\d+", re.IGNORECASE)
CODE = re.compile(r"\b[a-z]+\.[a-z]+(?:-[a-z]+)*\b")


def files(long_line: int) -> dict[str, tuple[bytes, str]]:
    """Damaged files: what they are, their bytes, the code that is expected."""
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(1, 256)) * 20
    nodes = '[{"@context":"https://schema.org","@type":"Place","name":"Le Bal"'
    return {
        "empty.csv": (b"", "import.source-empty"),
        "blank.csv": (b" \r\n\t\n", "import.source-empty"),
        "open quote.csv": (GOOD.encode() + b'l4,"Le Phare,Gap,44.5,6.1\nl5,x,y,1,1\n', "import.csv-broken"),
        "short row.csv": (GOOD.encode() + b"l4,Le Phare\n", "import.csv-broken"),
        "nul.csv": (GOOD.encode().replace(b"Cirque", b"Ci\0que"), "import.nul-byte"),
        "nul.ics": (CALENDAR.encode().replace(b"Le Bal", b"Le\0Bal"), "import.nul-byte"),
        "latin.ics": (CALENDAR.replace("Bal", "Théâtre").encode("latin-1"), "import.encoding-unreadable"),
        "latin.jsonld": ('{"@type":"Place","name":"Théâtre"}'.encode("latin-1"), "import.encoding-unreadable"),
        "controls.csv": (b"nom,ville\nLe \x01\x02Bal,Gap\n", "import.encoding-unreadable"),
        "picture.csv": (picture, "import."),
        "one line.csv": (b"nom,ville\n" + b"a" * long_line + b",Gap\n", "import.line-too-long"),
        "one line.txt": (b"a" * long_line, "import.line-too-long"),
        "cut.jsonld": (nodes.encode(), "import.json-broken"),
        "comma.jsonld": (nodes.encode() + b",}]", "import.json-broken"),
        "deep.jsonld": (b"[" * 200_000, "import.json-broken"),
        "second line.jsonl": (b'{"@type":"Place","name":"a"}\n{"@type":\n', "import.json-broken"),
        "cut.ics": (CALENDAR.split("END:VEVENT")[0].encode(), "import.calendar-broken"),
        "no colon.ics": (CALENDAR.replace("SUMMARY:", "SUMMARY ").encode(), "import.calendar-broken"),
        "unlike.csv": (b"qwx,zrt\n1,2\n", "import.cube-not-inferred"),
        "zone.ics": (CALENDAR.encode(), "import.zone-unknown"),
    }


class Test:
    """Counts what was tried and what failed."""

    def __init__(self, c3ms: C3ms) -> None:
        self.c3ms = c3ms
        self.tried = 0
        self.failures = 0
        self.skipped: list[str] = []

    def must(self, name: str, holds: bool, sentence: str) -> bool:
        if not holds:
            self.failures += 1
            print(f"{name}: {sentence}", flush=True)
        return holds

    def refused(self, name: str, home: Path | None, code: str, *arguments: object) -> None:
        """The command is refused with the code, in JSON and in words."""
        self.tried += 1
        for mode in ((), ("--json",)):
            done = self.c3ms.run(*arguments, *mode, home=home)
            said = done.stderr.decode("utf-8", "replace")
            short = said.strip()[:300]
            self.must(name, done.returncode == 1, f"ended with {done.returncode}, not 1: {short}")
            self.must(name, not PANIC.search(said + done.stdout.decode("utf-8", "replace")), f"a panic: {short}")
            if mode:
                try:
                    told = json.loads(said.splitlines()[-1])["error"]["code"]
                except (ValueError, KeyError, IndexError, TypeError):
                    told = f"no JSON with a code: {short}"
            else:
                told = next((word for word in CODE.findall(said) if word.startswith(code)), short)
            self.must(name, told.startswith(code), f"{code} was expected: {told}")

    def head(self, home: Path) -> dict:
        return self.c3ms.ask("verify", home=home)


def bad_files(test: Test, home: Path, folder: Path, long_line: int) -> None:
    before = test.head(home)
    for name, (data, code) in files(long_line).items():
        path = folder / name
        path.write_bytes(data)
        test.refused(name, home, code, "import", path)
        test.must(name, test.head(home) == before, "the cooperative is not as it was")
        path.unlink()


def bad_places(test: Test, home: Path, folder: Path) -> None:
    before = test.head(home)
    good = folder / "venues.csv"
    test.refused("a file that is not there", home, "file.missing", "import", folder / "nothing.csv")
    test.refused("a folder for a file", home, "file.", "import", folder)
    test.refused("no cooperative", folder / "nowhere", "store.missing", "validate")
    test.refused("a cooperative twice", None, "store.exists", "init", home)
    test.refused("a cube that is not", home, "forms.format-unknown", "import", good, "--into", "dragon")
    account = folder / "no" / "folder" / "account.json"
    fresh = folder / "more.csv"
    fresh.write_text(GOOD.replace("l1", "l9"), encoding="utf-8")
    test.refused("an account nowhere", home, "file.unwritable", "import", fresh, "--account", account)
    broken = folder / "broken.mapping.json"
    broken.write_text('{"kind": 3}', encoding="utf-8")
    test.refused("a mapping that is none", home, "import.mapping-unreadable", "import", fresh, "--mapping", broken)
    taken = folder / "taken.c3ms"
    taken.write_text("mine", encoding="utf-8")
    test.refused("a backup over a file", home, "", "backup", taken)
    test.must("a backup over a file", taken.read_bytes() == b"mine", "the file is not what it was")
    test.refused("a restore of a table", folder / "other", "store.", "restore", good)
    test.must("places", test.head(home) == before, "the cooperative is not as it was")
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        closed = folder / "closed"
        shutil.copytree(home, closed)
        (closed / "cooperative.sqlite").chmod(0o444)
        closed.chmod(0o555)
        test.refused("a folder that may not be written", closed, "store.", "import", fresh)
        closed.chmod(0o755)
    else:
        test.skipped.append("a read-only folder (the administrator may write everywhere)")


def dump(path: Path) -> str:
    """Everything the tables say."""
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        names = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if row[0] != "search"
        ]
        return "\n".join(f"{name}: {sorted(map(repr, connection.execute(f'SELECT * FROM {name}')))}" for name in names)
    finally:
        connection.close()


def altered(home: Path, folder: Path, sql: str) -> Path:
    """A copy of a cooperative, altered by hand."""
    copy = folder / "altered"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home, copy)
    connection = sqlite3.connect(copy / "cooperative.sqlite")
    connection.executescript(sql)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return copy


def altered_stores(test: Test, home: Path, folder: Path) -> None:
    last = "(SELECT max(position) FROM log)"
    cases = {
        "a newer version": ("PRAGMA user_version = 999", "store.newer", "validate"),
        "a subject changed": ("UPDATE log SET subject = 'x' WHERE position = 3", "store.log-broken", "verify"),
        "a time changed": ("UPDATE log SET at = at + 1 WHERE position = 2", "store.log-broken", "verify"),
        "a record removed": (
            f"PRAGMA foreign_keys = OFF; DELETE FROM log WHERE position = {last} - 1",
            "store.log-broken",
            "verify",
        ),
        "an import into a broken log": (
            "UPDATE log SET hash = zeroblob(32) WHERE position = 4",
            "store.log-broken",
            "import",
        ),
        "a body changed": (
            "UPDATE body SET body = replace(body, 'Th', 'Ht')"
            " WHERE position = (SELECT max(position) FROM log WHERE kind = 'revision')",
            "store.body-broken",
            "verify",
        ),
        "a salt changed": (f"UPDATE body SET salt = zeroblob(32) WHERE position = {last}", "store.body-broken", "verify"),
        "a title changed": ("UPDATE entry SET title = 'x'", "store.projection-broken", "verify"),
        "an entry removed": ("DELETE FROM entry WHERE number = (SELECT max(number) FROM entry)", "store.projection-broken", "verify"),
        "another program's database": ("PRAGMA application_id = 1", "store.unreadable", "validate"),
    }  # fmt: skip
    fresh = folder / "more.csv"
    for name, (sql, code, command) in cases.items():
        copy = altered(home, folder, sql)
        file = copy / "cooperative.sqlite"
        before = dump(file)
        test.refused(name, copy, code, command, *([fresh] if command == "import" else []))
        test.must(name, dump(file) == before, "the altered cooperative was written to")
    for name, data in {"a text for a database": b"hello" * 1000, "an empty database": b""}.items():
        copy = folder / "altered"
        (copy / "cooperative.sqlite").write_bytes(data)
        test.refused(name, copy, "store.unreadable", "validate")
    whole = (home / "cooperative.sqlite").read_bytes()
    (copy / "cooperative.sqlite").write_bytes(whole[: len(whole) // 2])
    test.refused("half a database", copy, "store.", "verify")


def flipped_bytes(test: Test, home: Path, folder: Path, samples: int, seed: int) -> None:
    """One byte is turned: where it stands for something, `verify` says so; elsewhere it changes nothing."""
    original = home / "cooperative.sqlite"
    whole = original.read_bytes()
    expected = dump(original)
    connection = sqlite3.connect(f"file:{original}?mode=ro&immutable=1", uri=True)
    parts = [
        bytes(part) if isinstance(part, bytes) else str(part).encode()
        for row in connection.execute("SELECT hash, commitment, previous, salt, body FROM log JOIN body USING (position)")
        for part in row
    ]
    connection.close()
    dice = random.Random(seed)
    likely = [at + len(part) // 2 for part in parts if (at := whole.find(part)) >= 0]
    places = dice.sample(likely, min(samples // 2, len(likely)))
    places += [dice.randrange(len(whole)) for _ in range(samples - len(places))]
    copy = folder / "flipped"
    found = 0
    before = test.failures
    for at in places:
        test.tried += 1
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        turned = bytearray(whole)
        turned[at] ^= 1 << dice.randrange(8)
        (copy / "cooperative.sqlite").write_bytes(turned)
        name = f"byte {at} of {len(whole)} turned"
        done = test.c3ms.run("verify", "--json", home=copy)
        said = done.stderr.decode("utf-8", "replace")
        test.must(name, done.returncode in {0, 1} and not PANIC.search(said), f"status {done.returncode}: {said}")
        if done.returncode == 1:
            found += 1
            test.must(name, CODE.search(said) is not None, f"no code: {said}")
            continue
        # The check may have closed the write-ahead log into the file, so what it says is compared.
        try:
            same = dump(copy / "cooperative.sqlite") == expected
        except sqlite3.Error as cause:
            same = False
            said = str(cause)
        test.must(name, same, f"was not noticed {said}")
    if test.failures == before:
        print(f"{found} of {len(places)} turned bytes refused, the others stand for nothing")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("c3ms", type=Path, help="the c3ms program")
    parser.add_argument("--long", action="store_true", help="100 MB in one line, 400 turned bytes")
    parser.add_argument("--seed", type=int, default=2026, help="which bytes are turned is drawn from this")
    arguments = parser.parse_args()
    test = Test(C3ms(arguments.c3ms))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = test.c3ms.begin(folder / "cooperative")
        good = folder / "venues.csv"
        good.write_text(GOOD, encoding="utf-8")
        test.c3ms.ask("import", good, home=home)
        digest = hashlib.sha256(dump(home / "cooperative.sqlite").encode()).hexdigest()
        bad_files(test, home, folder, (100 if arguments.long else 20) * 1_000_000)
        bad_places(test, home, folder)
        altered_stores(test, home, folder)
        flipped_bytes(test, home, folder, 400 if arguments.long else 40, arguments.seed)
        after = hashlib.sha256(dump(home / "cooperative.sqlite").encode()).hexdigest()
        test.must("all", digest == after, "the cooperative is not as it was at the beginning")
    for reason in test.skipped:
        print(f"skipped: {reason}")
    print(f"{test.tried} bad inputs tried, {test.failures} failures")
    return int(test.failures > 0)


if __name__ == "__main__":
    sys.exit(main())
