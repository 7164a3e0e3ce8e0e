# Install rules: headers, library, CMake package, pkg-config file.
include(CMakePackageConfigHelpers)

set(vxm_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/vxm")

install(TARGETS vxm EXPORT vxmTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/vxm"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")

install(EXPORT vxmTargets NAMESPACE vxm:: DESTINATION "${vxm_cmake_dir}")
set(VXM_NEEDS_THREADS ${vxm_backend_threads})
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/vxmConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/vxmConfig.cmake"
  INSTALL_DESTINATION "${vxm_cmake_dir}"
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a new minor version may break the API.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/vxmConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/vxmConfig.cmake"
  "${PROJECT_BINARY_DIR}/vxmConfigVersion.cmake"
  DESTINATION "${vxm_cmake_dir}")

# pkg-config. What a static libvxm needs stands in Libs itself, so that --static isn't needed.
set(VXM_PC_LIBS "-lvxm")
set(VXM_PC_CFLAGS "")
if(BUILD_SHARED_LIBS)
  set(VXM_PC_CFLAGS " -DVXM_SHARED")
else()
  foreach(library IN LISTS vxm_backend_libraries CMAKE_DL_LIBS)
    string(APPEND VXM_PC_LIBS " -l${library}")
  endforeach()
  foreach(framework IN LISTS vxm_backend_frameworks)
    string(APPEND VXM_PC_LIBS " -framework ${framework}")
  endforeach()
  if(vxm_backend_threads)
    string(APPEND VXM_PC_LIBS " ${CMAKE_THREAD_LIBS_INIT}")
  endif()
  string(STRIP "${VXM_PC_LIBS}" VXM_PC_LIBS)
endif()
# A prefix relative to the .pc file lets the installed tree be moved.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
  set(VXM_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
  set(VXM_PC_LIBDIR "${CMAKE_INSTALL_LIBDIR}")
else()
  file(RELATIVE_PATH up "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
  string(REGEX REPLACE "/$" "" up "${up}")
  set(VXM_PC_PREFIX "\${pcfiledir}/${up}")
  set(VXM_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(VXM_PC_INCLUDEDIR "${CMAKE_INSTALL_INCLUDEDIR}")
else()
  set(VXM_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file("${PROJECT_SOURCE_DIR}/vxm.pc.in" "${PROJECT_BINARY_DIR}/vxm.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/vxm.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
