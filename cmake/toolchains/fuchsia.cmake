# Fuchsia by clang, with Fuchsia's SDK:
#   FUCHSIA_SDK       folder of the SDK (variable or environment); its sysroot is used
#   FUCHSIA_SYSROOT   or a sysroot of your own: include/ with the C library's and zircon/'s headers,
#                     lib/ with the libraries, if programs are to be linked
#   VXM_FUCHSIA_CPU   x86_64 (otherwise) or aarch64
set(CMAKE_SYSTEM_NAME Fuchsia)
set(VXM_FUCHSIA_CPU x86_64 CACHE STRING "x86_64 or aarch64")
if(VXM_FUCHSIA_CPU STREQUAL "x86_64")
  set(vxm_fuchsia_folder x64)
elseif(VXM_FUCHSIA_CPU STREQUAL "aarch64")
  set(vxm_fuchsia_folder arm64)
else()
  message(FATAL_ERROR "vxm: VXM_FUCHSIA_CPU is ${VXM_FUCHSIA_CPU}, and not x86_64 or aarch64.")
endif()
set(CMAKE_SYSTEM_PROCESSOR ${VXM_FUCHSIA_CPU})
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET ${VXM_FUCHSIA_CPU}-unknown-fuchsia)

# Handed on to the small projects that CMake tries the compiler with.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES FUCHSIA_SDK FUCHSIA_SYSROOT VXM_FUCHSIA_CPU)
if(NOT FUCHSIA_SDK)
  set(FUCHSIA_SDK "$ENV{FUCHSIA_SDK}")
endif()
if(NOT FUCHSIA_SYSROOT)
  set(FUCHSIA_SYSROOT "$ENV{FUCHSIA_SYSROOT}")
endif()
if(NOT FUCHSIA_SYSROOT AND FUCHSIA_SDK)
  set(FUCHSIA_SYSROOT "${FUCHSIA_SDK}/arch/${vxm_fuchsia_folder}/sysroot")
endif()
if(NOT EXISTS "${FUCHSIA_SYSROOT}/include")
  message(FATAL_ERROR
    "vxm: a build for Fuchsia needs its SDK: set FUCHSIA_SDK to its folder, or FUCHSIA_SYSROOT to a "
    "sysroot (now: \"${FUCHSIA_SYSROOT}\", which has no folder include).")
endif()
set(CMAKE_SYSROOT "${FUCHSIA_SYSROOT}")
# A sysroot may be headers only; the library is an archive and needs no more.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
