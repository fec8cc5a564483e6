# embed_files(TARGET NAME GLOB…): compiles the text of the files into TARGET.
# Declared in base/embedded.hpp as `rollcall::embedded::NAME`, a span of {file name without its extension, text}.
function(embed_files target name)
  file(GLOB files CONFIGURE_DEPENDS ${ARGN})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D NAME=${name} -D OUTPUT=${output} -D "FILES=${files}" -P
            ${PROJECT_SOURCE_DIR}/cmake/write_embedded.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/write_embedded.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
