"""Runs the c3ms command and reads what it prints; shared by the scripts beside it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

# What every real file is, and what it is imported as.
REAL_FILES = (
    "festivals-fr/festivals-global.csv",
    "scenes-francophones/places.jsonld",
    "scenes-francophones/presenters.jsonld",
    "scenes-francophones/artists.jsonld",
    "scenes-francophones/events.jsonld",
    "icalendar-venues/Germany.ics",
    "icalendar-venues/machbar_16_feb_2019.ics",
    "openagenda-arles/events.json",
    "datatourisme-centre/events.jsonl",
    "datatourisme-centre/cultural-sites.jsonl",
)


class Refused(Exception):
    """The command did not do what it was asked."""


class C3ms:
    """The command, with English messages whatever the system speaks."""

    def __init__(self, program: Path) -> None:
        # Refused as a file that is not there, in words, before anything is begun.
        self.program = str(program.resolve(strict=True))
        self.environment = {**os.environ, "C3MS_LANGUAGE": "en"}

    def run(self, *arguments: object, home: Path | None = None) -> subprocess.CompletedProcess[bytes]:
        """Runs a command to its end and returns it, whatever it said."""
        words = [self.program, *map(str, arguments)]
        if home is not None:
            words += ["--dir", str(home)]
        return subprocess.run(words, env=self.environment, capture_output=True, check=False, timeout=1800)

    def start(self, *arguments: object, home: Path) -> subprocess.Popen[bytes]:
        """Starts a command whose lines are read one by one."""
        words = [self.program, *map(str, arguments), "--dir", str(home)]
        return subprocess.Popen(
            words, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def ask(self, *arguments: object, home: Path | None = None) -> dict:
        """Runs a command with --json and returns the document of its last line."""
        done = self.run(*arguments, "--json", home=home)
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise Refused(f"c3ms {' '.join(map(str, arguments))} ended with {done.returncode}: {said}")
        lines = done.stdout.decode("utf-8").splitlines()
        return json.loads(lines[-1]) if lines else {}

    def begin(self, home: Path) -> Path:
        """Makes a cooperative in a folder and returns the folder."""
        self.ask("init", home, "--zone", "Europe/Paris")
        return home
