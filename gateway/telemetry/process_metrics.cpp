// The process_* metrics: /proc/self/stat, /proc/self/fd and the limit of open files.
#include "gateway/telemetry/process_metrics.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

namespace rollcall::gateway {
namespace {

using families = std::vector<prometheus::MetricFamily>;

void add(families& out, std::string name, std::string help, prometheus::MetricType type, double value) {
    prometheus::ClientMetric metric;
    metric.counter.value = value;
    metric.gauge.value = value;
    out.push_back({std::move(name), std::move(help), type, {metric}});
}

/// The fields of /proc/self/stat behind the command's name, which may hold spaces: [0] is field 3 of proc(5).
std::vector<double> read_stat() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    std::vector<double> fields;
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos) return fields;
    std::istringstream rest(line.substr(name_end + 1));
    std::string state;
    rest >> state;
    fields.push_back(0);
    for (double field = 0; rest >> field;)
        fields.push_back(field);
    return fields;
}

void add_stat(families& out) {
    // proc(5) counts from 1, and read_stat begins with field 3.
    constexpr std::size_t user_time = 14 - 3;
    constexpr std::size_t system_time = 15 - 3;
    constexpr std::size_t threads = 20 - 3;
    constexpr std::size_t resident_pages = 24 - 3;
    const auto fields = read_stat();
    if (fields.size() <= resident_pages) return;
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
    add(out, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
        prometheus::MetricType::Counter, (fields[user_time] + fields[system_time]) / ticks);
    add(out, "process_resident_memory_bytes", "Resident memory size in bytes.", prometheus::MetricType::Gauge,
        fields[resident_pages] * page_bytes);
    add(out, "process_threads", "Number of operating system threads.", prometheus::MetricType::Gauge, fields[threads]);
}

void add_descriptors(families& out) {
    std::error_code error;
    double open = 0;
    for (auto at = std::filesystem::directory_iterator("/proc/self/fd", error);
         !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
        ++open;
    }
    if (!error && open > 0) {
        // One of them is the listing itself.
        add(out, "process_open_fds", "Number of open file descriptors.", prometheus::MetricType::Gauge, open - 1);
    }
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    add(out, "process_max_fds", "Maximum number of open file descriptors.", prometheus::MetricType::Gauge,
        static_cast<double>(limit.rlim_cur));
}

}  // namespace

std::vector<prometheus::MetricFamily> process_metrics::Collect() const {
    families out;
    add(out, "process_start_time_seconds", "Start time of the process since the Unix epoch in seconds.",
        prometheus::MetricType::Gauge, std::chrono::duration<double>(started_.time_since_epoch()).count());
    add_stat(out);
    add_descriptors(out);
    return out;
}

}  // namespace rollcall::gateway
