// Does one piece of work under callgrind, which counts the instructions of `guarded` alone. guard.py runs it.
#include "bench/micro/work.hpp"

#include <openssl/opensslv.h>
#include <simdjson.h>

#include <gnu/libc-version.h>
#include <iostream>
#include <string_view>

/// A plain name for callgrind's --toggle-collect.
extern "C" [[gnu::noinline]] void guarded(const std::function<void()>& run) {
    run();
}

namespace {

/// The first runs make the memory that later ones reuse.
constexpr int warming_runs = 3;

/// What the counts depend on besides our own code.
void print_versions() {
    std::cout << "compiler " << __VERSION__ << "\nglibc " << gnu_get_libc_version() << "\nsimdjson "
              << SIMDJSON_STRINGIFY(SIMDJSON_VERSION) << "\nopenssl " << OPENSSL_VERSION_MAJOR << '.'
              << OPENSSL_VERSION_MINOR << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view wanted = argc > 1 ? argv[1] : "--list";
    if (wanted == "--versions") return print_versions(), 0;
    for (const auto& work : rollcall::bench::all_work()) {
        if (wanted == "--list") std::cout << work.name << '\n';
        if (wanted != work.name) continue;
        for (int i = 0; i < warming_runs; ++i)
            work.run();
        guarded(work.run);
    }
    return 0;
}
