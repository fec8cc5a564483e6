// The scripts that Redis runs for us, each at once and undivided. Their texts are the .lua files of this folder, built
// into the program.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace rollcall::store {

class script {
  public:
    /// `name` is that of a file. Throws std::logic_error where there is none.
    explicit script(std::string_view name);

    /// The command that runs it, by its digest. What are no keys are arguments.
    [[nodiscard]] std::string run(std::initializer_list<std::string_view> keys,
                                  std::span<const std::string_view> arguments) const;
    /// The command that makes Redis know it, until it is restarted.
    [[nodiscard]] std::string load() const;

  private:
    std::string_view text_;
    std::string digest_;
};

}  // namespace rollcall::store
