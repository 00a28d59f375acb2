"""Holds the figures of surveys against the reference cases that R made, natively and as WebAssembly.

Each case is asked as any user would: a document, a table, `c3ms survey …`; the same documents go to the module for
Node.js. Prints for each case the largest relative difference on both faces; ends with 1 where one is beyond what the
case allows, where the two faces differ in a digit, or where a case is not asked.

What differs on purpose stands in DIFFERENCES, with the reason.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

from c3ms import C3ms
from survey_cases import CASES, Case, Face

# Figures that are ours on purpose, by case and label, with how far they may be and why.
DIFFERENCES = {
    ("s10-prop-ci", "likelihood lower"): (
        2e-2,
        "R reads the bound off a spline through a profile of few points; here it is the root",
    ),
    ("w09-calib-g-weights", "logit"): (
        2e-5,
        "R stops where the totals are still off by a millionth; here they are met",
    ),
}


class Native:
    """The command."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.c3ms = C3ms(program)
        self.folder = folder

    def ask(self, question: str, spec: dict, files: dict[str, Path]) -> dict:
        for name, path in files.items():
            beside = self.folder / name
            if not beside.is_symlink():
                beside.symlink_to(path.resolve())
        document = self.folder / "spec.json"
        document.write_text(json.dumps(spec), encoding="utf-8")
        return self.c3ms.ask("survey", question, document)


class Wasm:
    """The module for Node.js, in one process."""

    def __init__(self, node: str, module: Path) -> None:
        script = Path(__file__).parent.parent / "survey.mjs"
        self.process = subprocess.Popen(
            [node, str(script), str(module.resolve(strict=True))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def ask(self, question: str, spec: dict, files: dict[str, Path]) -> dict:
        texts = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
        self.process.stdin.write(json.dumps({"question": question, "spec": spec, "files": texts}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "told" not in answer:
            raise RuntimeError(f"{answer['code']}: {answer['message']}")
        return answer["told"]

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("c3ms", type=Path, help="the command")
    reader.add_argument("data", type=Path, help="the folder of the real data")
    reader.add_argument("module", type=Path, nargs="?", help="the module for Node.js; only the command where none is named")
    reader.add_argument("--node", default="node", help="Node.js")
    reader.add_argument("--only", help="the cases whose name begins so")
    given = reader.parse_args()
    folder = given.data / "survey"
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))["cases"]
    failed = 0
    print(f"{'case':34} {'allowed':>8} {'natively':>9} {'in WASM':>9}  figures")
    with tempfile.TemporaryDirectory() as scratch:
        # The command reads the tables beside the document.
        faces: list[Face] = [Native(given.c3ms, Path(scratch))]
        wasm = Wasm(given.node, given.module) if given.module else None
        faces += [wasm] if wasm else []
        for told in cases:
            if given.only and not told["id"].startswith(given.only):
                continue
            failed += not compared(told, folder / "data", faces)
        if wasm:
            wasm.end()
    return 1 if failed else 0


def compared(told: dict, folder: Path, faces: list[Face]) -> bool:
    """Asks a case on each face and prints how far its figures are."""
    check = CASES.get(told["id"])
    if check is None:
        print(f"{told['id']:34} is not asked")
        return False
    allowed = told["rel_tol"] or 0.0
    largest, problems, answers, figures = [], [], [], 0
    for face in faces:
        case = Case(told, folder, face)
        far, figures = 0.0, 0
        try:
            for label, ours, theirs in check(case):
                figures += 1
                bound = DIFFERENCES.get((told["id"], label), (allowed, ""))[0]
                ours = math.nan if ours is None else float(ours)
                apart = abs(ours / theirs - 1) if theirs else abs(ours)
                if not apart <= bound:
                    problems.append(f"{label}: {ours!r} is not {theirs!r} ({apart:.1e})")
                far = max(far, apart if (told["id"], label) not in DIFFERENCES else 0.0)
        except Exception as refused:  # noqa: BLE001 - whatever stops a case is told with it
            problems.append(f"{type(refused).__name__}: {refused}")
        largest.append(far)
        answers.append(case.answers)
    if len(answers) > 1 and answers[0] != answers[1]:
        problems.append("the command and the module do not give the same digits")
    shown = " ".join(f"{far:9.1e}" for far in largest)
    print(f"{told['id']:34} {allowed:8.0e} {shown}  {figures}")
    for problem in problems[:6]:
        print(f"    {problem}")
    return not problems


if __name__ == "__main__":
    sys.exit(main())
