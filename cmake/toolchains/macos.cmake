# macOS by its own clang, with MoltenVK: Vulkan's headers and loader come from the Vulkan SDK
# (VULKAN_SDK, as its setup-env.sh sets it) or from Homebrew.
if(NOT CMAKE_HOST_APPLE)
  message(FATAL_ERROR "vxm: macos.cmake is for a Mac: Apple's SDK exists for macOS only.")
endif()
set(CMAKE_C_COMPILER clang)
set(CMAKE_OBJC_COMPILER clang)
# The oldest that os.m is checked for.
set(CMAKE_OSX_DEPLOYMENT_TARGET 13.0 CACHE STRING "Oldest macOS that the build runs on")
if(DEFINED ENV{VULKAN_SDK})
  list(PREPEND CMAKE_PREFIX_PATH "$ENV{VULKAN_SDK}")
endif()
list(APPEND CMAKE_PREFIX_PATH /opt/homebrew /usr/local)
