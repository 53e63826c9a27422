#!/usr/bin/env python3
"""How fast acw is beside tools that anyone can install, as ratios measured in one run, A B A B …, the median of the pairs.

    cargo build --release && cargo build --release --example generate
    tests/bench/ratios.py [--rows 1000000] [--rounds 3] [NAME …]

Needs ripgrep. Inputs are made once, in target/bench. An audit runs the built-in rules, all of them, and writes its findings as JSON
lines to /dev/null. Seconds are of the machine; ratios carry over.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DATA = os.path.join(ROOT, "target", "bench")
RELEASE = os.path.join(ROOT, "target", "release")


def cost(command, threads=2):
    """Wall seconds, processor seconds and MiB at the peak of one run."""
    env = dict(os.environ, RAYON_NUM_THREADS=str(threads), ACW_CACHE_DIR=os.path.join(DATA, "lists"))
    began = time.perf_counter()
    null = subprocess.DEVNULL
    child = subprocess.Popen(command, env=env, stdin=null, stdout=null, stderr=null)
    _, status, usage = os.wait4(child.pid, 0)
    took = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: exit code {child.returncode}")
    return {"wall": took, "cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss / 1024}


def made(name, *arguments):
    """A file of the generator, made where it is not there."""
    path = os.path.join(DATA, name)
    if not os.path.exists(path):
        os.makedirs(DATA, exist_ok=True)
        with open(path + ".part", "wb") as out:
            subprocess.run([os.path.join(RELEASE, "examples", "generate"), *map(str, arguments)], stdout=out, check=True)
        os.rename(path + ".part", path)
    return path


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--rows", type=int, default=1_000_000)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("names", nargs="*", metavar="NAME")
    asked = ask.parse_args()
    rows, tenth = asked.rows, asked.rows // 10
    notes, fewer = made(f"{rows}.csv", rows), made(f"{tenth}.csv", tenth)
    dense, one = made(f"{rows}-dense.csv", rows, 60), made("1.csv", 1)
    terms = made("terms.txt", "terms", 3000)

    def audit(path, *more):
        return [os.path.join(RELEASE, "acw"), "audit", path, "--format", "jsonl", *more]

    def rg(path):
        return ["rg", "-c", "-i", "-F", "-f", terms, path]

    def ratio(one_run, other_run, figure="wall", rounds=asked.rounds):
        one_run(), other_run()
        return statistics.median(one_run()[figure] / other_run()[figure] for _ in range(rounds))

    pages = os.path.join(DATA, "pages")
    size = os.path.getsize
    measures = {
        "rg": (f"{rows} notes / rg with 3,000 terms, wall", lambda: ratio(lambda: cost(audit(notes)), lambda: cost(rg(notes)))),
        "threads": ("two threads / one, wall", lambda: ratio(lambda: cost(audit(notes), 2), lambda: cost(audit(notes), 1))),
        "linear": (f"processor time a note, {rows} / {tenth} notes", lambda: ratio(lambda: cost(audit(notes)), lambda: cost(audit(fewer)), "cpu") / 10),
        "memory": (f"peak, {rows} / {tenth} notes", lambda: ratio(lambda: cost(audit(notes)), lambda: cost(audit(fewer)), "peak")),
        "peak": (f"MiB at the peak, {rows} notes", lambda: statistics.median(cost(audit(notes))["peak"] for _ in range(asked.rounds))),
        "startup": ("one note / rg on it with 3,000 terms, wall", lambda: ratio(lambda: cost(audit(one)), lambda: cost(rg(one)), rounds=9)),
        "dense": ("wall a byte, 60 / 12 of a hundred notes with an error", lambda: ratio(lambda: cost(audit(dense)), lambda: cost(audit(notes))) * size(notes) / size(dense)),
        "pages": ("with the pages of 500 agents / without, wall", lambda: ratio(lambda: cost(audit(notes, "--report", pages)), lambda: cost(audit(notes)))),
        "seconds": (f"seconds for {rows} notes", lambda: statistics.median(cost(audit(notes))["wall"] for _ in range(asked.rounds))),
    }
    for name in asked.names or measures:
        about, measure = measures[name]
        print(f"{name:8} {measure():8.2f}  {about}", flush=True)


if __name__ == "__main__":
    main()
