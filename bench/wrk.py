"""One run of the load generator."""

import json
import os
import subprocess

from deployment import SOURCE
from machine import LOAD_CORE, pinned_to

LOAD = os.path.join(SOURCE, "bench", "load.lua")


def load(stage, contender, connections, seconds):
    """wrk's result."""
    command = ["wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, "--timeout", "30s", "-s", LOAD, contender.url]
    command += ["--", stage.file("targets", "\n".join(contender.targets) + "\n")]
    if contender.body:
        command.append(stage.file("body", contender.body))
    done = subprocess.run(command, check=True, capture_output=True, text=True, preexec_fn=pinned_to(LOAD_CORE))
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    result = json.loads(line[7:])
    if result["wrong"] or not result["requests"]:
        raise SystemExit("%s: not every answer was right: %s" % (contender.name, result))
    return result
