"""The machine that is measured on: which core does what, what a process has used, whether anybody else works."""

import contextlib
import os
import re
import resource
import time

GATEWAY_CORE, LOAD_CORE = 0, 1
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
QUIET_S = 0.5  # how long nobody else may have worked before a measurement
MOST_FOREIGN = 0.12  # of one core; the kernel counts in ticks, which are no finer
PATIENCE_S = 600


def pinned_to(core):
    """For subprocess.Popen's preexec_fn."""
    return lambda: os.sched_setaffinity(0, {core})


def used(pid):
    """Seconds of processor time so far: all of it exactly, and the kernel's estimate of its share within the kernel."""
    exact = 0
    for thread in os.listdir("/proc/%d/task" % pid):
        with open("/proc/%d/task/%s/schedstat" % (pid, thread)) as file:
            exact += int(file.read().split()[0])
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return exact / 1e9, int(fields[11]), int(fields[12])


def network_threads():
    """The kernel's threads that take over a core's network work when there is much of it, by core."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open("/proc/%s/comm" % pid) as file:
            name, _, core = file.read().strip().partition("/")
            if name == "ksoftirqd":
                found[int(core)] = int(pid)
    return found


def resident_kib(pid):
    with open("/proc/%d/status" % pid) as file:
        return int(re.search(r"VmRSS:\s+(\d+) kB", file.read())[1])


def spent(pid, before):
    """Seconds outside the kernel and within since `before`, which `used` gave."""
    exact, user, system = (now - then for now, then in zip(used(pid), before))
    share = system / (user + system) if user + system else 0
    return exact * (1 - share), exact * share


NETWORK = network_threads()


class Neighbours:
    """What others have worked, in cores, while the processes of ours and the network did."""

    def __init__(self, processes):
        self.pids = [process.pid for process in processes] + list(NETWORK.values())
        self.began = self.reading()

    def reading(self):
        with open("/proc/stat") as file:
            fields = [int(field) for field in file.readline().split()[1:9]]
        user, nice, system, _, _, interrupts, soft_interrupts, stolen = fields
        busy = (user + nice + system + interrupts + soft_interrupts) / TICKS_A_SECOND
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        ours = time.process_time() + children.ru_utime + children.ru_stime
        ours += sum(used(pid)[0] for pid in self.pids)
        return time.monotonic(), busy - ours, stolen / TICKS_A_SECOND

    def work(self):
        then, others, stolen = self.began
        now, others_now, stolen_now = self.reading()
        return (max(0, others_now - others) + stolen_now - stolen) / (now - then)


def wait_for_quiet(processes):
    """Until nobody else works on this machine: what is measured beside a compiler says nothing."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        neighbours = Neighbours(processes)
        time.sleep(QUIET_S)
        if neighbours.work() < MOST_FOREIGN:
            return
    raise SystemExit("the machine was not quiet for %d s: others work on it" % PATIENCE_S)


def described():
    with open("/proc/cpuinfo") as file:
        text = file.read()
    model = re.search(r"model name\s*: (.*)", text)
    return {
        "processor": model[1] if model else "unknown",
        "cores": os.cpu_count(),
        "hypervisor": "hypervisor" in text,
        "kernel": os.uname().release,
    }
