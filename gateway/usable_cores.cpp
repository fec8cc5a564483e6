// The kernel's word on how many cores this process has: sched_getaffinity(2) and the quota of its control group.
#include "gateway/usable_cores.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sched.h>
#include <string>
#include <thread>

namespace rollcall::gateway {
namespace {

using std::filesystem::path;

/// Where there is no quota, v2 has `max` for it, and v1 -1.
std::optional<double> share(double quota, double period) {
    if (quota <= 0 || period <= 0) return std::nullopt;
    return quota / period;
}

std::optional<double> quota_of(const path& group) {
    double quota = 0;
    double period = 0;
    if (std::ifstream(group / "cpu.max") >> quota >> period) return share(quota, period);
    if (std::ifstream(group / "cpu.cfs_quota_us") >> quota && std::ifstream(group / "cpu.cfs_period_us") >> period) {
        return share(quota, period);
    }
    return std::nullopt;
}

/// Of the group that has this path below its mount, and of each around it.
std::optional<double> least_quota(const path& mount, const path& below) {
    std::optional<double> least = quota_of(mount);
    path group = mount;
    for (const path& part : below.relative_path()) {
        group /= part;
        const auto quota = quota_of(group);
        if (quota && (!least || *quota < *least)) least = quota;
    }
    return least;
}

unsigned cores_to_run_on() {
    cpu_set_t usable;
    if (::sched_getaffinity(0, sizeof usable, &usable) == 0) return static_cast<unsigned>(CPU_COUNT(&usable));
    return std::thread::hardware_concurrency();
}

}  // namespace

std::optional<double> cpu_quota(std::string_view membership, const path& mount) {
    std::optional<double> quota;
    while (!membership.empty()) {
        const std::string_view line = membership.substr(0, membership.find('\n'));
        membership.remove_prefix(std::min(line.size() + 1, membership.size()));
        // ID:CONTROLLERS:PATH, where v2 has no controllers
        const auto controllers = line.find(':');
        const auto below = line.find(':', controllers + 1);
        if (controllers == std::string_view::npos || below == std::string_view::npos) continue;
        const std::string_view names = line.substr(controllers + 1, below - controllers - 1);
        const bool v2 = names.empty();
        if (!v2 && names != "cpu" && names != "cpu,cpuacct" && names != "cpuacct,cpu") continue;
        // Of v1 there is a link for each controller, whichever others it is mounted with.
        const auto found = least_quota(v2 ? mount : mount / "cpu", path{line.substr(below + 1)});
        if (found && (!quota || *found < *quota)) quota = found;
    }
    return quota;
}

unsigned cores_within(std::optional<double> quota, unsigned cores) {
    if (!quota || *quota >= cores) return std::max(1U, cores);
    return std::max(1U, static_cast<unsigned>(std::ceil(*quota)));
}

unsigned usable_cores() {
    const unsigned cores = cores_to_run_on();
    std::ifstream file("/proc/self/cgroup");
    const std::string membership{std::istreambuf_iterator<char>(file), {}};
    return cores_within(cpu_quota(membership, "/sys/fs/cgroup"), cores);
}

}  // namespace rollcall::gateway
