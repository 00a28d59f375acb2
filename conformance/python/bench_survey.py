"""The peer in Python, `svy` (its engine is in Rust), on the tables that the native bench wrote: one thread, processor
time.

    python bench_survey.py FOLDER    with million.csv and small.csv in it
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

# Before polars starts its threads.
os.environ["POLARS_MAX_THREADS"] = "1"
os.environ["RAYON_NUM_THREADS"] = "1"

import polars as pl  # noqa: E402
import svy  # noqa: E402


def told(name: str, count: int, unit: str, work: Callable[[], object]) -> None:
    taken = float("inf")
    for _ in range(3):
        begun = time.process_time()
        work()
        taken = min(taken, time.process_time() - begun)
    print(f"bench {name}-svy ours=- peer={count / taken:.4f} ratio=- ({unit} per CPU-second, peer: svy)")


def sample(answers: pl.DataFrame) -> svy.Sample:
    return svy.Sample(answers, svy.Design(stratum="stratum", psu="psu", wgt="w"))


def main() -> None:
    folder = Path(sys.argv[1])
    million = pl.read_csv(folder / "million.csv")
    rows = million.height
    told("survey-mean", rows, "rows", lambda: sample(million).estimation.mean("y"))
    told("survey-domains", rows, "rows", lambda: sample(million).estimation.mean("y", by="d"))
    levels = {"m0": 2, "m1": 5, "m2": 8, "m3": 12, "m4": 20}
    controls = {
        name: {level: 1.6 * rows / count for level in range(count)} for name, count in levels.items()
    }
    told(
        "survey-raking",
        rows,
        "rows",
        lambda: sample(million).weighting.rake(controls=controls, tol=1e-4, max_iter=200),
    )
    small = pl.read_csv(folder / "small.csv")
    told(
        "survey-bootstrap",
        small.height,
        "rows",
        lambda: (
            sample(small)
            .weighting.create_bs_wgts(n_reps=500, rstate=1)
            .estimation.mean("y", method="replication")
        ),
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"bench survey-memory-svy ours=- peer={peak} ratio=- (MB at most, peer: svy)")


if __name__ == "__main__":
    main()
