// Text files that are built into the binary; cmake/embed.cmake writes their definitions.
#pragma once

#include <span>
#include <string_view>

namespace rollcall::embedded {

struct file {
    std::string_view name;  ///< the file's name without its extension
    std::string_view text;
};

extern const std::span<const file> shipped_profiles;  ///< config/profiles/*.yaml
extern const std::span<const file> openapi_document;  ///< gateway/openapi/openapi.yaml, as JSON
extern const std::span<const file> store_scripts;     ///< store/*.lua

}  // namespace rollcall::embedded
