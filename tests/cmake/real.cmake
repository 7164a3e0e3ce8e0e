# The suites on a real driver.
# These run on every system...
set(real_sources
  real/buffer.c
  real/content.c
  real/fixture.c
  real/gpu.c
  real/image.c
  real/peer.c
  real/process.c
  real/semaphore.c
  real/validation.c)
# ... and these are about descriptors, or what POSIX tells of a process.
set(real_posix_sources
  real/check.c
  real/driver_posix.c
  real/failed.c
  real/host.c
  real/interleaved.c
  real/many.c
  real/peer_posix.c
  real/plan.c)
set(real_win32_sources
  real/driver_win32.c
  real/peer_win32.c)
vxm_require_listed(real ${real_sources} ${real_posix_sources} ${real_win32_sources})
if(WIN32)
  vxm_add_test_program(NAME real-win32 LABEL "real {driver}"
    SOURCES ${real_sources} ${real_win32_sources}
    LIBRARIES Vulkan::Vulkan
    CHILD)
  set(real_win32_tests real-win32)
  if(TARGET two_process)
    add_test(NAME demo-real-win32
      COMMAND two_process --png "${CMAKE_CURRENT_BINARY_DIR}/two_process.png")
    # CTest calls it skipped then, and scripts/test.sh says so.
    set_tests_properties(demo-real-win32 PROPERTIES
      SKIP_REGULAR_EXPRESSION "need the device extension VK_KHR_external_memory_win32;VK_ERROR_INCOMPATIBLE_DRIVER")
    list(APPEND real_win32_tests demo-real-win32)
  endif()
  # The same suites where the loader beside the program is the model driver: that they can pass.
  if(TARGET vxm_model_loader)
    add_custom_command(TARGET real-win32 POST_BUILD
      COMMAND ${CMAKE_COMMAND} -E copy_if_different $<TARGET_FILE:real-win32> "${loader_folder}")
    add_test(NAME real-win32-on-model
      COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} "${loader_folder}/real-win32.exe")
    set_tests_properties(real-win32-on-model PROPERTIES
      TIMEOUT 600
      ENVIRONMENT "WINEDLLOVERRIDES=vulkan-1=n;VXM_TEST_DRIVER=model")
  endif()
  # Under Wine both want a display, and one that nobody else's Wine hangs on to.
  set_tests_properties(${real_win32_tests} PROPERTIES
    TIMEOUT 600
    RESOURCE_LOCK display
    ENVIRONMENT "VXM_XVFB=1")
else()
  vxm_add_test_program(NAME real LABEL "real {driver}"
    SOURCES ${real_sources} ${real_posix_sources}
    LIBRARIES Vulkan::Vulkan
    CHILD MODEL)
  set_tests_properties(real PROPERTIES LABELS vm)

  # --- the examples, under the sanitizers; consumers/ runs them as a user would ---
  if(VXM_SANITIZE)
    foreach(example IN ITEMS share_buffer export_image import_foreign own_allocator two_process)
      if(TARGET ${example})
        add_test(NAME example-${example} COMMAND ${example})
        # At exit the driver is unloaded, and what its globals held looks lost: leaks are the tests'
        # business (support/resources.h).
        set_tests_properties(example-${example} PROPERTIES
          TIMEOUT 600
          ENVIRONMENT "ASAN_OPTIONS=detect_leaks=0;TSAN_OPTIONS=ignore_noninstrumented_modules=1")
      endif()
    endforeach()
  endif()

endif()
