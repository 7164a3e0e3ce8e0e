# What mingw64.cmake and mingw32.cmake have in common; vxm_mingw is the prefix of the tools' names.
set(CMAKE_C_COMPILER ${vxm_mingw}-gcc)

# On Windows itself nothing is cross-compiled: programs run, headers are where CMake looks.
if(NOT CMAKE_HOST_WIN32)
  set(CMAKE_SYSTEM_NAME Windows)
  string(REGEX REPLACE "-.*" "" CMAKE_SYSTEM_PROCESSOR ${vxm_mingw})
  set(CMAKE_RC_COMPILER ${vxm_mingw}-windres)
  set(CMAKE_FIND_ROOT_PATH /usr/${vxm_mingw})
  set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
  set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
  set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
  set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
  # Tests run through Wine, in a prefix of this build's own.
  set(CMAKE_CROSSCOMPILING_EMULATOR
    "${CMAKE_CURRENT_LIST_DIR}/../../scripts/wine.sh;${CMAKE_BINARY_DIR}/wine")
endif()
