// How many threads can work at once: what the kernel lets this process have of the machine's cores.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace rollcall::gateway {

/// The cores that the process may run on (taskset, cpuset), or as many as its CPU quota makes, rounded up, where those
/// are fewer. At least 1. Threads that have to share a core hold each other up for milliseconds, and those beyond a
/// quota bring all of them to a stop.
[[nodiscard]] unsigned usable_cores();

/// The same of `cores` to run on and a quota.
[[nodiscard]] unsigned cores_within(std::optional<double> quota, unsigned cores);

/// The CPU time that a control group may use, in cores: the least quota of it and of those around it; empty: none.
/// `membership` is the text of /proc/self/cgroup, and the groups are files below `mount`: `cpu.max` of cgroup v2, or
/// `cpu/…/cpu.cfs_quota_us` of v1 (cgroups(7)). A container sees its own group at the root of its mount.
[[nodiscard]] std::optional<double> cpu_quota(std::string_view membership, const std::filesystem::path& mount);

}  // namespace rollcall::gateway
