# embed_files(TARGET NAME FILE…): compiles the text of the files into TARGET. A file may be one that the build makes.
# Declared in base/embedded.hpp as `rollcall::embedded::NAME`, a span of {file name without its extension, text}.
function(embed_files target name)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D NAME=${name} -D OUTPUT=${output} -D "FILES=${ARGN}" -P
            ${PROJECT_SOURCE_DIR}/cmake/write_embedded.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/write_embedded.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
