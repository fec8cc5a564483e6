# Compiler options that every target shares, on the interface target rollcall_options.
option(ROLLCALL_PORTABLE "Build for plain x86-64 (simdjson then uses its slow kernel)" OFF)
option(ROLLCALL_COVERAGE "Count the lines that the tests run (gcov)" OFF)
option(ROLLCALL_FUZZ "Build the fuzz targets as libFuzzer programs (clang)" OFF)
set(ROLLCALL_SANITIZE "" CACHE STRING "Sanitizers to build with, as for -fsanitize")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(rollcall_options INTERFACE)
target_include_directories(rollcall_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(rollcall_options INTERFACE -Wall -Wextra -Wpedantic -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  # With optimisation g++ 12 and 13 see uninitialised members in temporary aggregates that hold a string, and overlapping
  # copies in the concatenation of a literal and a string (GCC bugs 105562 and 105651).
  target_compile_options(rollcall_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
endif()
target_compile_definitions(
  rollcall_options
  INTERFACE BOOST_ASIO_NO_DEPRECATED
            BOOST_ASIO_DISABLE_BOOST_DATE_TIME
            # Coroutine frames and handlers of one request fit into this many cached blocks of a thread.
            BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=8
            # The ring of blocks above is per thread, so Asio's own threads must know that there are several.
            BOOST_ASIO_HAS_THREADS
            # Beyond them, operator new takes half as long as std::aligned_alloc; nothing of ours is aligned more.
            BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC
            BOOST_ASIO_DISABLE_BOOST_ALIGN)

if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64" AND NOT ROLLCALL_PORTABLE)
  # -mpclmul is not part of v3, and without it simdjson On-Demand silently takes its fallback kernel.
  target_compile_options(rollcall_options INTERFACE -march=x86-64-v3 -mpclmul)
  target_compile_definitions(rollcall_options INTERFACE ROLLCALL_NEEDS_X86_64_V3)
endif()

# What the rooms and their tests are built with; the simulator is not under test, and slow enough to wait for as it is.
add_library(rollcall_sanitizers INTERFACE)
if(ROLLCALL_SANITIZE)
  target_compile_options(rollcall_sanitizers INTERFACE -fsanitize=${ROLLCALL_SANITIZE} -fno-sanitize-recover=all
                                                        -fno-omit-frame-pointer)
  target_link_options(rollcall_sanitizers INTERFACE -fsanitize=${ROLLCALL_SANITIZE})
  if(ROLLCALL_SANITIZE MATCHES "thread")
    # Asio uses fences that ThreadSanitizer cannot see; none of them guards data of ours.
    target_compile_options(rollcall_sanitizers INTERFACE -Wno-tsan)
  endif()
endif()

if(ROLLCALL_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "libFuzzer comes with clang: configure with CXX=clang++ in the environment")
  endif()
  # Every room counts its branches; the fuzz targets alone bring libFuzzer's main. Warnings are the business of g++ and
  # clang-tidy: clang sees some within the standard library of g++.
  target_compile_options(rollcall_options INTERFACE -fsanitize=fuzzer-no-link -Wno-error
                                                    -Wno-deprecated-declarations)
endif()

if(ROLLCALL_COVERAGE)
  target_compile_options(rollcall_options INTERFACE --coverage)
  target_link_options(rollcall_options INTERFACE --coverage)
endif()

find_program(MOLD ld.mold)
if(MOLD AND NOT CMAKE_INTERPROCEDURAL_OPTIMIZATION)
  target_link_options(rollcall_options INTERFACE -fuse-ld=mold)
endif()
