# What Rollcall stands on: packages of the distribution, found and never downloaded.
find_package(Threads REQUIRED)
# Before 3.0.3 an HMAC does not begin anew with the key that it has.
find_package(OpenSSL 3.0.3 REQUIRED)
# Boost's own package file, in place of the module that CMake 3.30 took out.
if(POLICY CMP0167)
  cmake_policy(SET CMP0167 NEW)
endif()
find_package(Boost 1.81 REQUIRED COMPONENTS url json)
# Asked for with a version, simdjson's package file takes none but that minor version.
find_package(simdjson REQUIRED)
if(simdjson_VERSION VERSION_LESS 3.0)
  message(FATAL_ERROR "simdjson 3.0 or later is needed, found ${simdjson_VERSION}")
endif()
find_package(yaml-cpp REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(CLI11 REQUIRED)
# hiredis 0.14 (Debian 12) brings no package file of CMake's.
find_package(PkgConfig REQUIRED)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis>=0.14)

# Takes the place of malloc, for a fifth more list pages a second. The sanitizers bring an allocator of their own.
add_library(rollcall_allocator INTERFACE)
if(NOT ROLLCALL_SANITIZE)
  find_package(mimalloc 2.0 REQUIRED)
  target_link_libraries(rollcall_allocator INTERFACE -Wl,--push-state,--no-as-needed mimalloc -Wl,--pop-state)
endif()

# yaml-cpp 0.7 (Debian 12) and 0.8 (Ubuntu 24.04) name their target differently.
add_library(rollcall_yaml INTERFACE)
if(TARGET yaml-cpp::yaml-cpp)
  target_link_libraries(rollcall_yaml INTERFACE yaml-cpp::yaml-cpp)
else()
  target_link_libraries(rollcall_yaml INTERFACE yaml-cpp)
endif()
