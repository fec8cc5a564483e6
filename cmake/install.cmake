# What `cmake --install` lays out for a machine without Kubernetes: the program, the shipped profiles to read and to copy
# from, an example of every configuration key, a systemd unit and a man page. Nothing of it is configuration itself.
include(GNUInstallDirs)

configure_file(deploy/systemd/rollcall.service.in rollcall.service @ONLY)
configure_file(deploy/man/rollcall.1.in rollcall.1 @ONLY)

install(TARGETS rollcall)
install(DIRECTORY config/profiles DESTINATION ${CMAKE_INSTALL_DATADIR}/rollcall FILES_MATCHING PATTERN *.yaml)
install(FILES config/rollcall.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES ${PROJECT_BINARY_DIR}/rollcall.service DESTINATION lib/systemd/system)
install(FILES ${PROJECT_BINARY_DIR}/rollcall.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
