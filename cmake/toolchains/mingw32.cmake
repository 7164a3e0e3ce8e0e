# Windows by mingw-w64, i686: on Linux (Debian and Ubuntu: gcc-mingw-w64-i686) and on Windows.
set(vxm_mingw i686-w64-mingw32)
include("${CMAKE_CURRENT_LIST_DIR}/mingw.cmake")
