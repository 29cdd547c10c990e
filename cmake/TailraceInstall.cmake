# `cmake --install` and `find_package(tailrace)`; tests/consume proves that both work.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tailrace)
install(EXPORT tailraceTargets NAMESPACE tailrace:: DESTINATION ${package_dir})
if(TARGET tailrace_torch)
  install(EXPORT tailrace_torchTargets NAMESPACE tailrace:: DESTINATION ${package_dir})
endif()
if(TARGET tailrace_rpc)
  install(EXPORT tailrace_securityTargets NAMESPACE tailrace:: DESTINATION ${package_dir})
  install(EXPORT tailrace_rpcTargets NAMESPACE tailrace:: DESTINATION ${package_dir})
endif()
if(TARGET tailrace_mpi)
  install(EXPORT tailrace_mpiTargets NAMESPACE tailrace:: DESTINATION ${package_dir})
endif()
configure_package_config_file(cmake/tailraceConfig.cmake.in tailraceConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(tailraceConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/tailraceConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/tailraceConfigVersion.cmake
  DESTINATION ${package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(TARGET tailrace_cli)
  install(TARGETS tailrace_cli)
endif()
