# Installs the build into an empty folder, as an administrator or a packager does, and uses what is there.
#   cmake -D BUILD=… -D VERSION=… -P install_test.cmake
set(root ${BUILD}/install-test)
file(REMOVE_RECURSE ${root})

function(run expected)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE exit_code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(JOIN " " command ${ARGN})
  if(NOT exit_code EQUAL 0)
    message(FATAL_ERROR "${command}: exit code ${exit_code}\n${output}")
  endif()
  if(NOT output MATCHES "${expected}")
    message(FATAL_ERROR "${command}: no ${expected} in\n${output}")
  endif()
endfunction()

run("rollcall.service" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${root})
run("${VERSION}" ${root}/bin/rollcall --version)

set(heppu ${root}/share/rollcall/profiles/heppu.yaml)
run("^# " ${root}/bin/rollcall profiles heppu)
execute_process(COMMAND ${root}/bin/rollcall profiles heppu OUTPUT_FILE ${root}/built-in.yaml)
run("^$" ${CMAKE_COMMAND} -E compare_files ${heppu} ${root}/built-in.yaml)

# The unit starts the program that was installed, and lets nothing be done that a service of its kind need not do.
set(unit ${root}/lib/systemd/system/rollcall.service)
file(STRINGS ${unit} start REGEX "^ExecStart=")
if(NOT start MATCHES "^ExecStart=/.*/bin/rollcall serve --config /etc/rollcall/rollcall.yaml$")
  message(FATAL_ERROR "${unit}: ${start}")
endif()
file(READ ${root}/share/man/man1/rollcall.1 page)
foreach(command serve check profiles openapi try)
  if(NOT page MATCHES "rollcall ${command}")
    message(FATAL_ERROR "the man page does not know ${command}")
  endif()
endforeach()
