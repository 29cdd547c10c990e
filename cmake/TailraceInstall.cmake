# `cmake --install` and `find_package(tailrace)`; tests/consume proves that both work.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(EXPORT tailraceTargets NAMESPACE tailrace:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tailrace)
configure_package_config_file(cmake/tailraceConfig.cmake.in tailraceConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tailrace)
write_basic_package_version_file(tailraceConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tailraceConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/tailraceConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tailrace)
