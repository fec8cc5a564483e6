// An issuer's key set from a file, read anew when it changes.
#pragma once

#include "gateway/access/key_set_intake.hpp"
#include "gateway/file_watch.hpp"

#include <string>

namespace rollcall::gateway {

/// The key set in the file, or why there is none: `problem` names the file then.
[[nodiscard]] key_set::reading read_key_set_file(const std::string& path);

/// On the housekeeping thread, its end included, but for its construction.
class key_set_file {
  public:
    /// Reads the file at once. Throws std::runtime_error where it is not fit. A change to one that is not fit changes
    /// nothing.
    key_set_file(const executor& housekeeping, std::string path, key_set_intake intake);

  private:
    void read_anew();

    std::string path_;
    key_set_intake intake_;
    file_watch watch_;
};

}  // namespace rollcall::gateway
