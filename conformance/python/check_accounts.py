"""Imports real data and checks the account of every value.

For each file: taken + changed + refused = the values of the source = an independent count of them; the
account has a line for each value changed or refused; a second import creates and changes nothing.

Prints a table and ends with 1 when a file fails.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from c3ms import REAL_FILES, C3ms, Refused
from recount import count


def check(c3ms: C3ms, path: Path, folder: Path) -> tuple[list[str], dict]:
    """What is wrong with the account of one file, and its summary."""
    home = c3ms.begin(folder / "cooperative")
    account_path = folder / "account.json"
    first = c3ms.ask("import", path, "--account", account_path, home=home)["summary"]
    account = json.loads(account_path.read_text(encoding="utf-8"))
    faults = []

    def must(holds: bool, sentence: str) -> None:
        if not holds:
            faults.append(sentence)

    told = first["taken"] + first["changed"] + first["refused"]
    expected = count(path)
    must(account["summary"] == first, "the account and the command give two summaries")
    must(told == first["source_values"], f"{told} values told of {first['source_values']}")
    must(first["source_values"] == expected, f"{first['source_values']} values, recounted {expected}")
    for fate in ("changed", "refused"):
        lines = [line for line in account["lines"] if line["fate"] == fate]
        must(len(lines) == first[fate], f"{len(lines)} lines for {first[fate]} values {fate}")
        reason = "how" if fate == "changed" else "why"
        must(all(line.get(reason) for line in lines), f"a value {fate} without a {reason}")
    must(first["records"]["created"] > 0, "no record was created")

    second = c3ms.ask("import", path, "--account", account_path, home=home)["summary"]
    again = {name: second["records"][name] for name in ("created", "updated")}
    must(again == {"created": 0, "updated": 0}, f"a second import made {again}")
    must(
        second["records"]["unchanged"] >= first["records"]["created"],
        "a second import found fewer records than the first made",
    )
    c3ms.ask("verify", home=home)
    return faults, first


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("c3ms", type=Path, help="the c3ms program")
    parser.add_argument("data", type=Path, help="the folder of the real data")
    arguments = parser.parse_args()
    c3ms = C3ms(arguments.c3ms)
    failed = False
    print(f"{'file':<44}{'values':>8}{'taken':>8}{'changed':>8}{'refused':>8}{'records':>8}{'s':>7}  result")
    for name in REAL_FILES:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                faults, summary = check(c3ms, arguments.data / name, Path(folder))
            except (Refused, KeyError, OSError) as cause:
                faults, summary = [f"{type(cause).__name__}: {cause}"], {}
        numbers = [summary.get(key, "-") for key in ("source_values", "taken", "changed", "refused")]
        numbers.append(summary.get("records", {}).get("created", "-"))
        cells = "".join(f"{number:>8}" for number in numbers)
        result = "; ".join(faults) or "ok"
        print(f"{name:<44}{cells}{time.monotonic() - begun:>7.1f}  {result}", flush=True)
        failed |= bool(faults)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
