"""Kills imports in the middle and checks that nothing that was acknowledged is lost.

Each round begins a cooperative, imports a real file with --json, and kills the program (SIGKILL) some time
after at least three lines {"committed": n}. Then `c3ms verify` must be content, `c3ms validate` must count at
least as many entries as the last line said, and the import must finish when it is run again, with the same
entries as an import that was never killed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from c3ms import C3ms, Refused

FILE = "festivals-fr/festivals-global.csv"


def entries(c3ms: C3ms, home: Path) -> int:
    """How many entries a cooperative holds."""
    return c3ms.ask("validate", home=home)["entries"]


def killed(c3ms: C3ms, path: Path, home: Path, dice: random.Random, expected: int) -> int:
    """Kills an import once a random share of its entries is acknowledged; returns the last one that was read."""
    wanted = dice.uniform(0.05, 0.85) * expected
    process = c3ms.start("import", path, "--json", home=home)
    assert process.stdout is not None
    committed = 0
    for line in process.stdout:
        said = json.loads(line)
        if "committed" not in said:
            raise Refused(f"the import ended after {committed} of {expected}, before it could be killed")
        committed = said["committed"]
        if committed >= wanted:
            # Not at once: the moments between two acknowledgements are to be hit as well.
            time.sleep(dice.uniform(0, 0.02))
            process.kill()
            break
    # What was acknowledged before the signal came but not read yet was acknowledged all the same.
    for line in process.stdout:
        if line.endswith(b"\n"):
            committed = max(committed, json.loads(line).get("committed", 0))
    process.stdout.close()
    process.wait()
    return committed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("c3ms", type=Path, help="the c3ms program")
    parser.add_argument("data", type=Path, help="the folder of the real data")
    parser.add_argument("rounds", type=int, nargs="?", default=3, help="how often (3; 20 for a long test)")
    parser.add_argument("--seed", type=int, default=2026, help="when to kill is drawn from this")
    arguments = parser.parse_args()
    c3ms = C3ms(arguments.c3ms)
    path = arguments.data / FILE
    dice = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        home = c3ms.begin(Path(folder) / "whole")
        c3ms.ask("import", path, home=home)
        expected = entries(c3ms, home)
    failures = 0
    for number in range(1, arguments.rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            home = c3ms.begin(Path(folder) / "cooperative")
            try:
                acknowledged = killed(c3ms, path, home, dice, expected)
                c3ms.ask("verify", home=home)
                kept = entries(c3ms, home)
                c3ms.ask("import", path, home=home)
                c3ms.ask("verify", home=home)
                finished = entries(c3ms, home)
            except (Refused, OSError) as cause:
                print(f"round {number}: {cause}")
                failures += 1
                continue
        lost = kept < acknowledged
        unlike = finished != expected
        failures += lost or unlike
        result = "LOST" if lost else f"FINISHED OTHERWISE, {finished}" if unlike else "ok"
        print(f"round {number}: acknowledged {acknowledged}, kept {kept}, of {expected}: {result}", flush=True)
    print(f"{arguments.rounds - failures} of {arguments.rounds} killed imports lost nothing and finished")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
