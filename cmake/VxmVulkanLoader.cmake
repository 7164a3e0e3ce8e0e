# Gives Vulkan::Vulkan, the Vulkan loader, to vxm's own tests and examples; the library itself finds
# the loader when it runs.
#
# mingw-w64 has no import library of vulkan-1.dll, and whatever the dll lacks only matters to who
# calls it: so one is made here, of every command that the headers declare. (On 32-bit Windows names
# also tell the size of the arguments, which the headers don't.)
if(VXM_BUILD_TESTS OR VXM_BUILD_EXAMPLES)
  find_package(Vulkan QUIET)
  if(MINGW AND NOT TARGET Vulkan::Vulkan AND vulkan_dir AND CMAKE_SIZEOF_VOID_P EQUAL 8)
    set(loader_def "${CMAKE_CURRENT_BINARY_DIR}/vulkan-1.def")
    set(loader_library "${CMAKE_CURRENT_BINARY_DIR}/libvulkan-1.a")
    file(STRINGS "${vulkan_dir}/vulkan/vulkan_core.h" commands REGEX "^VKAPI_ATTR .* VKAPI_CALL vk")
    list(TRANSFORM commands REPLACE ".* VKAPI_CALL (vk[A-Za-z0-9_]+)[(].*" "  \\1")
    list(JOIN commands "\n" commands)
    file(CONFIGURE OUTPUT "${loader_def}" @ONLY
      CONTENT "LIBRARY vulkan-1.dll\nEXPORTS\n@commands@\n")
    find_program(VXM_DLLTOOL NAMES ${vxm_mingw}-dlltool dlltool REQUIRED)
    execute_process(
      COMMAND "${VXM_DLLTOOL}" -d "${loader_def}" -l "${loader_library}"
      COMMAND_ERROR_IS_FATAL ANY)
    add_library(Vulkan::Vulkan UNKNOWN IMPORTED)
    set_target_properties(Vulkan::Vulkan PROPERTIES
      IMPORTED_LOCATION "${loader_library}"
      INTERFACE_LINK_LIBRARIES vxm_vulkan_headers)
  endif()
endif()
