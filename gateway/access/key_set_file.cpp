// Key sets in files.
#include "gateway/access/key_set_file.hpp"

#include "config/text_file.hpp"

#include <stdexcept>
#include <utility>

namespace rollcall::gateway {

key_set::reading read_key_set_file(const std::string& path) {
    config::text_file file = config::read_text_file(path, key_set::bytes_maximum);
    key_set::reading read;
    if (file.problem.empty()) {
        read = key_set::read(std::move(file.text));
    } else {
        read.problem = file.problem;
        read.was_had = false;
    }
    if (!read.problem.empty()) read.problem = path + ' ' + read.problem;
    return read;
}

key_set_file::key_set_file(const executor& housekeeping, std::string path, key_set_intake intake)
    : path_(std::move(path)), intake_(std::move(intake)), watch_(housekeeping, [this] { read_anew(); }) {
    watch_.watch({path_});
    const key_set::reading first = read_key_set_file(path_);
    if (!first.keys) throw std::runtime_error(first.problem);
    (void)intake_.take(first);
}

void key_set_file::read_anew() {
    const key_set::reading read = read_key_set_file(path_);
    (void)intake_.take(read);
    // A key that was taken out must not stay good because no descriptor was to be had just then.
    if (!read.was_had) watch_.try_again();
}

}  // namespace rollcall::gateway
