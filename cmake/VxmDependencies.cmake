# Finds the Vulkan headers and volk. Each is looked for in the same order:
#   1. a target that the parent project already has (Vulkan::Headers, volk::volk_headers),
#   2. a CMake package (VulkanHeaders, volk),
#   3. headers on the path (Debian's layout; VULKAN_SDK is looked at too),
#   4. when cross-compiling, the building machine's own, copied into a folder of their own,
#   5. with VXM_FETCH_DEPS=ON only, FetchContent at a pinned commit.
# Gives the target vxm_vulkan_headers and the variable VXM_VOLK_DIR.

set(VXM_VULKAN_HEADER_VERSION_MIN 239)

# vxm_find_in_target(<target> <file> <out>): the include folder of the target that holds the file,
# or an empty string where the target doesn't tell.
function(vxm_find_in_target target file out)
  set(${out} "" PARENT_SCOPE)
  get_target_property(dirs ${target} INTERFACE_INCLUDE_DIRECTORIES)
  foreach(dir IN LISTS dirs)
    string(REGEX REPLACE "^\\$<BUILD_INTERFACE:(.*)>$" "\\1" dir "${dir}")
    if(EXISTS "${dir}/${file}")
      set(${out} "${dir}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

function(vxm_fetch name repository commit out)
  include(FetchContent)
  # A SOURCE_SUBDIR that doesn't exist: the files are wanted, the project's targets are not.
  FetchContent_Declare(${name}
    GIT_REPOSITORY ${repository}
    GIT_TAG ${commit}
    SOURCE_SUBDIR no-targets-wanted)
  FetchContent_MakeAvailable(${name})
  string(TOLOWER ${name} lower)
  set(${out} "${${lower}_SOURCE_DIR}" PARENT_SCOPE)
endfunction()

# vxm_stage(<out> <file> <things beside it>...): finds the folder of the building machine that holds
# the file, and copies the things named from there. The folder itself would not do for another
# system's compiler: /usr/include also holds this system's C library.
function(vxm_stage out file)
  set(${out} "" PARENT_SCOPE)
  find_path(found "${file}"
    HINTS ENV VULKAN_SDK
    PATHS /usr/local/include /usr/include
    PATH_SUFFIXES include include/volk include/Volk
    NO_CACHE NO_CMAKE_FIND_ROOT_PATH)
  if(NOT CMAKE_CROSSCOMPILING OR NOT found)
    return()
  endif()
  set(staged "${PROJECT_BINARY_DIR}/staged/include")
  foreach(thing IN LISTS ARGN)
    if(EXISTS "${found}/${thing}")
      file(COPY "${found}/${thing}" DESTINATION "${staged}")
    endif()
  endforeach()
  message(STATUS "vxm: copied ${ARGN} from ${found}")
  set(${out} "${staged}" PARENT_SCOPE)
endfunction()

# --- Vulkan headers ---
add_library(vxm_vulkan_headers INTERFACE)
set(vulkan_dir "")
if(NOT TARGET Vulkan::Headers)
  find_package(VulkanHeaders CONFIG QUIET)
endif()
if(TARGET Vulkan::Headers)
  target_link_libraries(vxm_vulkan_headers INTERFACE Vulkan::Headers)
  vxm_find_in_target(Vulkan::Headers vulkan/vulkan_core.h vulkan_dir)
else()
  find_path(VXM_VULKAN_INCLUDE_DIR vulkan/vulkan_core.h
    HINTS ENV VULKAN_SDK
    PATH_SUFFIXES include
    DOC "Folder that holds vulkan/vulkan_core.h")
  if(VXM_VULKAN_INCLUDE_DIR)
    set(vulkan_dir "${VXM_VULKAN_INCLUDE_DIR}")
  else()
    vxm_stage(vulkan_dir vulkan/vulkan_core.h vulkan vk_video)
  endif()
  if(vulkan_dir)
    # found
  elseif(VXM_FETCH_DEPS)
    # vulkan-sdk-1.4.309.0
    vxm_fetch(vxm_vulkan_headers_source https://github.com/KhronosGroup/Vulkan-Headers.git
      952f776f6573aafbb62ea717d871cd1d6816c387 source)
    set(vulkan_dir "${source}/include")
  else()
    message(FATAL_ERROR
      "vxm: vulkan/vulkan_core.h was not found. Install the Vulkan headers (Debian and Ubuntu: "
      "libvulkan-dev), set VXM_VULKAN_INCLUDE_DIR to the folder above vulkan/, or let CMake fetch "
      "them with -DVXM_FETCH_DEPS=ON.")
  endif()
  target_include_directories(vxm_vulkan_headers SYSTEM INTERFACE "${vulkan_dir}")
endif()

if(vulkan_dir)
  file(STRINGS "${vulkan_dir}/vulkan/vulkan_core.h" version_line
    REGEX "^#define VK_HEADER_VERSION [0-9]+" LIMIT_COUNT 1)
  string(REGEX MATCH "[0-9]+" VXM_VULKAN_HEADER_VERSION "${version_line}")
  # From 1.4 on the patch number goes on counting, so it alone orders the releases.
  if(VXM_VULKAN_HEADER_VERSION LESS VXM_VULKAN_HEADER_VERSION_MIN)
    message(FATAL_ERROR
      "vxm: the Vulkan headers in ${vulkan_dir} are of version 1.3.${VXM_VULKAN_HEADER_VERSION}; "
      "vxm needs 1.3.${VXM_VULKAN_HEADER_VERSION_MIN} or later.")
  endif()
  message(STATUS "vxm: Vulkan headers ${VXM_VULKAN_HEADER_VERSION} in ${vulkan_dir}")
endif()

# --- volk: its two files are compiled into vxm, so no library of it is linked ---
set(VXM_VOLK_DIR "")
if(NOT TARGET volk::volk_headers)
  find_package(volk CONFIG QUIET)
endif()
if(TARGET volk::volk_headers)
  vxm_find_in_target(volk::volk_headers volk.c VXM_VOLK_DIR)
endif()
if(NOT VXM_VOLK_DIR)
  find_path(VXM_VOLK_INCLUDE_DIR volk.c
    HINTS ENV VULKAN_SDK
    PATH_SUFFIXES include include/volk include/Volk
    DOC "Folder that holds volk.h and volk.c")
  if(VXM_VOLK_INCLUDE_DIR)
    set(VXM_VOLK_DIR "${VXM_VOLK_INCLUDE_DIR}")
  else()
    vxm_stage(VXM_VOLK_DIR volk.c volk.c volk.h)
  endif()
  if(VXM_VOLK_DIR)
    # found
  elseif(VXM_FETCH_DEPS)
    # vulkan-sdk-1.4.309.0
    vxm_fetch(vxm_volk_source https://github.com/zeux/volk.git
      58689c063427f5bad4f133625049b1a3c5dd8287 VXM_VOLK_DIR)
  else()
    message(FATAL_ERROR
      "vxm: volk.h and volk.c were not found. Install volk (Debian and Ubuntu: "
      "libvulkan-volk-dev), set VXM_VOLK_INCLUDE_DIR to the folder that holds them, or let CMake "
      "fetch them with -DVXM_FETCH_DEPS=ON.")
  endif()
endif()
message(STATUS "vxm: volk in ${VXM_VOLK_DIR}")
