# Chooses the back end: one set of files with the same functions in each; see docs/internals.md.
# Gives VXM_BACKEND, vxm_backend_sources, and what a program that uses libvxm links because of them:
# vxm_backend_libraries (names of libraries), vxm_backend_frameworks (Apple's), vxm_backend_threads.

if(CMAKE_SYSTEM_NAME MATCHES "^(Linux|Android|FreeBSD|OpenBSD|NetBSD|DragonFly)$")
  set(vxm_native_backend posix)
elseif(CMAKE_SYSTEM_NAME STREQUAL "Windows")
  set(vxm_native_backend win32)
elseif(CMAKE_SYSTEM_NAME STREQUAL "Fuchsia")
  set(vxm_native_backend fuchsia)
elseif(CMAKE_SYSTEM_NAME MATCHES "^(Darwin|iOS|tvOS|visionOS)$")
  set(vxm_native_backend metal)
else()
  set(vxm_native_backend unknown)
endif()
set(VXM_BACKEND ${vxm_native_backend} CACHE STRING "Which back end is compiled into vxm")
set(vxm_backends posix win32 fuchsia metal)
set_property(CACHE VXM_BACKEND PROPERTY STRINGS ${vxm_backends})
if(NOT VXM_BACKEND IN_LIST vxm_backends)
  list(JOIN vxm_backends ", " known)
  message(FATAL_ERROR
    "vxm: there is no back end \"${VXM_BACKEND}\" (VXM_BACKEND; the target system is "
    "${CMAKE_SYSTEM_NAME}). The back ends are: ${known}.")
endif()

# What each is made of, relative to the project; the tests compile all four
# (tests/cmake/contract.cmake).
set(vxm_posix_sources
  src/posix/listen.c
  src/posix/os.c
  src/posix/socket.c
  src/posix/system.c
  src/posix/transport.c
  src/posix/vk.c)
set(vxm_win32_sources
  src/win32/listen.c
  src/win32/os.c
  src/win32/pipe.c
  src/win32/process.c
  src/win32/transport.c
  src/win32/vk.c)
set(vxm_fuchsia_sources
  src/fuchsia/listen.c
  src/fuchsia/os.c
  src/fuchsia/transport.c
  src/fuchsia/vk.c)
# Its channels are sockets, as POSIX has them.
set(vxm_metal_sources
  src/metal/format.m
  src/metal/os.m
  src/metal/vk.c
  src/posix/listen.c
  src/posix/socket.c
  src/posix/system.c
  src/posix/transport.c)
foreach(backend IN LISTS vxm_backends)
  vxm_require_listed(src/${backend} ${vxm_${backend}_sources})
endforeach()

set(vxm_backend_sources ${vxm_${VXM_BACKEND}_sources})
set(vxm_backend_libraries)
set(vxm_backend_frameworks)
set(vxm_backend_threads OFF)
if(VXM_BACKEND STREQUAL "posix")
  set(vxm_backend_threads ON)
elseif(VXM_BACKEND STREQUAL "win32")
  # the security descriptors of pipes
  set(vxm_backend_libraries advapi32)
elseif(VXM_BACKEND STREQUAL "fuchsia")
  # the system calls
  set(vxm_backend_libraries zircon)
elseif(VXM_BACKEND STREQUAL "metal")
  set(vxm_backend_frameworks Metal IOSurface Foundation)
  set(vxm_backend_threads ON)
  enable_language(OBJC)
endif()
