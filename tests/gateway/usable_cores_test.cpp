// How many cores a control group's quota makes, read from files as the kernel has them.
#include "gateway/usable_cores.hpp"

#include "tests/support/temporary_file.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::gateway {
namespace {

/// A mount of control groups; each file is given by its path below it.
struct groups {
    void hold(const std::filesystem::path& file, std::string_view text) const {
        std::filesystem::create_directories((directory.path() / file).parent_path());
        [[maybe_unused]] const auto written = directory.write(file.string(), text);
    }
    [[nodiscard]] std::optional<double> quota_of(std::string_view membership) const {
        return cpu_quota(membership, directory.path());
    }

    testing::temporary_directory directory;
};

constexpr std::string_view in_service = "0::/system.slice/rollcall.service\n";

}  // namespace

TEST_CASE("a container sees the quota of its own group at the root") {
    const groups groups;
    groups.hold("cpu.max", "150000 100000\n");
    CHECK(groups.quota_of("0::/\n") == 1.5);
}

TEST_CASE("a service has the least quota of its group and those around it") {
    const groups groups;
    groups.hold("system.slice/rollcall.service/cpu.max", "400000 100000\n");
    CHECK(groups.quota_of(in_service) == 4.0);
    groups.hold("system.slice/cpu.max", "50000 100000\n");
    CHECK(groups.quota_of(in_service) == 0.5);
    groups.hold("system.slice/other.service/cpu.max", "10000 100000\n");
    CHECK(groups.quota_of(in_service) == 0.5);
    groups.hold("system.slice/cpu.max", "max 100000\n");
    CHECK(groups.quota_of(in_service) == 4.0);
}

TEST_CASE("the first version of control groups has its quota in two files, below its controller") {
    const groups groups;
    groups.hold("cpu/docker/abc/cpu.cfs_quota_us", "-1\n");
    groups.hold("cpu/docker/abc/cpu.cfs_period_us", "100000\n");
    constexpr std::string_view membership = "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/docker/abc\n";
    CHECK_FALSE(groups.quota_of(membership));
    groups.hold("cpu/docker/abc/cpu.cfs_quota_us", "200000\n");
    CHECK(groups.quota_of(membership) == 2.0);
    // Within the container, the mount's root is the group itself, whatever the path says.
    groups.hold("cpu/cpu.cfs_quota_us", "100000\n");
    groups.hold("cpu/cpu.cfs_period_us", "100000\n");
    CHECK(groups.quota_of("4:cpu,cpuacct:/kubepods/pod1/xyz\n") == 1.0);
}

TEST_CASE("there is no quota where nothing tells of one, or what does cannot be read") {
    const groups groups;
    for (const std::string_view text : {"", "max 100000\n", "100000 0\n", "-5 100000\n", "100000\n", "nonsense"}) {
        CAPTURE(text);
        groups.hold("cpu.max", text);
        CHECK_FALSE(groups.quota_of("0::/\n"));
    }
}

TEST_CASE("a group that is unknown has the quota of what is around it, and what is no group has none") {
    const groups groups;
    groups.hold("cpu.max", "50000 100000\n");
    groups.hold("cpuset/cpu.cfs_quota_us", "50000\n");
    groups.hold("cpuset/cpu.cfs_period_us", "100000\n");
    for (const std::string_view membership : {"0::", "0::/no/such\n", "0::/../../etc", "x\n0::/\n"}) {
        CAPTURE(membership);
        CHECK(groups.quota_of(membership) == 0.5);
    }
    for (const std::string_view membership : {"", "\n\n", "0", "0:", "6:cpuset:/\n", "6:cpuacct:/\n"}) {
        CAPTURE(membership);
        CHECK_FALSE(groups.quota_of(membership));
    }
}

TEST_CASE("a quota makes as many cores, rounded up, but no more than there are and one at least") {
    CHECK(cores_within(std::nullopt, 4) == 4);
    CHECK(cores_within(1.5, 4) == 2);
    CHECK(cores_within(2.0, 4) == 2);
    CHECK(cores_within(0.1, 4) == 1);
    CHECK(cores_within(3.0, 2) == 2);
    CHECK(cores_within(1e300, 2) == 2);
    CHECK(cores_within(std::nullopt, 0) == 1);
    CHECK(usable_cores() >= 1);
}

}  // namespace rollcall::gateway
