"""Holds how anonymous answers are against pycanon: k-anonymity and distinct l-diversity of 100 tables by chance.

Each table is asked as any user would: a document, a table, `c3ms survey kanonymity`. Ends with 1 where a figure differs.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

import pandas
from c3ms import C3ms
from pycanon import anonymity

TABLES = 100


def answers(seed: int) -> tuple[pandas.DataFrame, list[str], list[str]]:
    """A table by chance, with what identifies and what is sensitive."""
    chance = random.Random(seed)
    rows = chance.randint(1, 200)
    identifiers = [f"q{number}" for number in range(chance.randint(1, 4))]
    sensitive = [f"s{number}" for number in range(chance.randint(1, 3))]
    columns = {}
    for name in identifiers + sensitive:
        levels = chance.randint(1, 5)
        columns[name] = [f"{name}-{min(chance.randrange(levels), chance.randrange(levels))}" for _ in range(rows)]
    return pandas.DataFrame(columns), identifiers, sensitive


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=Path, help="the c3ms command")
    program = C3ms(parser.parse_args().program)
    different, figures = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        document, file = Path(folder) / "spec.json", Path(folder) / "answers.csv"
        for seed in range(TABLES):
            table, identifiers, sensitive = answers(seed)
            table.to_csv(file, index=False)
            spec = {"data": file.name, "identifiers": identifiers, "sensitive": sensitive}
            document.write_text(json.dumps(spec), encoding="utf-8")
            told = program.ask("survey", "kanonymity", document)
            pairs = {"k": (told["k"], anonymity.k_anonymity(table, identifiers))}
            for own in told["diversity"]:
                # Of several sensitive variables pycanon tells the least of all: it is asked for each.
                theirs = anonymity.l_diversity(table, identifiers, [own["variable"]])
                pairs[f"l of {own['variable']}"] = (own["l"], theirs)
            for name, (ours, theirs) in pairs.items():
                figures += 1
                if ours != theirs:
                    different += 1
                    print(f"table {seed}, {name}: {ours}, pycanon says {theirs}")
    print(f"{TABLES} tables, {figures} figures, {different} different from pycanon's")
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main())
