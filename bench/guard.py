#!/usr/bin/env python3
"""Counts the instructions of what every request passes (callgrind, fixed inputs) and compares them with guard.json.

guard.py PROGRAM [--renew], where PROGRAM is bench-guard. Counts do not depend on the load of the machine, but on the
compiler and the libraries: with others than those of guard.json nothing is compared, and it says so.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

FIGURES = pathlib.Path(__file__).with_name("guard.json")
TOLERANCE = 0.03

# glibc copies large blocks with one instruction that callgrind counts once for each byte.
ENVIRONMENT = os.environ | {"GLIBC_TUNABLES": "glibc.cpu.x86_rep_movsb_threshold=1000000000"}


def lines_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def count(program, work):
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(
            ["valgrind", "--tool=callgrind", "--quiet", "--collect-atstart=no", "--toggle-collect=guarded",
             f"--callgrind-out-file={file.name}", program, work],
            check=True, env=ENVIRONMENT)
        totals = [line for line in open(file.name) if line.startswith(("totals:", "summary:"))]
    return int(totals[0].split()[1])


def compare(known, counts):
    """Prints a line for each count; returns whether all are within the tolerance."""
    sound = True
    for work, now in counts.items():
        before = known.get(work)
        if before is None:
            print(f"{work:25} {now:10,}  has no figure yet: renew")
            sound = False
            continue
        change = now / before - 1
        verdict = ""
        if change > TOLERANCE:
            verdict = "  SLOWER: find out why, or renew if it is worth it"
        elif change < -TOLERANCE:
            verdict = "  FASTER: renew, so that it stays so"
        sound = sound and not verdict
        print(f"{work:25} {now:10,}  {change:+7.2%}{verdict}")
    for work in known.keys() - counts.keys():
        print(f"{work:25}  is counted no more: renew")
        sound = False
    return sound


def main():
    program, renew = sys.argv[1], "--renew" in sys.argv[2:]
    versions = dict(line.split(" ", 1) for line in lines_of(program, "--versions"))
    known = json.loads(FIGURES.read_text()) if FIGURES.exists() else {"versions": {}, "instructions": {}}
    if not renew and known["versions"] != versions:
        for name, version in versions.items():
            was = known["versions"].get(name)
            if was != version:
                print(f"guard: {name} is {version}, and the figures were made with {was}")
        print("guard: NOTHING IS COMPARED; on Debian 12 it would be")
        return 0
    counts = {work: count(program, work) for work in lines_of(program, "--list")}
    if renew:
        FIGURES.write_text(json.dumps({"versions": versions, "instructions": counts}, indent=2) + "\n")
        print(f"guard: {FIGURES} is renewed; commit it with what has changed it")
        return 0
    if compare(known["instructions"], counts):
        return 0
    print(f"guard: not within {TOLERANCE:.0%} of {FIGURES.name}; to renew it: ./dev bench --guard --renew")
    return 1


if __name__ == "__main__":
    sys.exit(main())
