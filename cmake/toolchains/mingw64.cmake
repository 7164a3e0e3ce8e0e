# Windows by mingw-w64, x86_64: on Linux (Debian and Ubuntu: gcc-mingw-w64-x86-64) and on Windows.
set(vxm_mingw x86_64-w64-mingw32)
include("${CMAKE_CURRENT_LIST_DIR}/mingw.cmake")
