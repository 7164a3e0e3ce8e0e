# The examples that check by themselves what they show. Those under "vm-only" need dma-bufs, which
# lavapipe has in the virtual machine (vm/) and on a desktop's kernel.

# vxm_add_example_test(<name of the test> <target> [ARGUMENTS <argument>...] [LABELS <label>...])
function(vxm_add_example_test name target)
  cmake_parse_arguments(PARSE_ARGV 2 example "" "" "ARGUMENTS;LABELS")
  if(NOT TARGET ${target})
    return()
  endif()
  add_test(NAME example-${name} COMMAND ${target} ${example_ARGUMENTS})
  # At exit the driver is unloaded, and what its globals held looks lost: leaks are the tests'
  # business (support/resources.h).
  set_tests_properties(example-${name} PROPERTIES
    TIMEOUT 600
    LABELS "${example_LABELS}"
    ENVIRONMENT "ASAN_OPTIONS=detect_leaks=0;TSAN_OPTIONS=ignore_noninstrumented_modules=1")
endfunction()

vxm_add_example_test(dmabuf-egl dmabuf_egl
  ARGUMENTS "${CMAKE_CURRENT_BINARY_DIR}/dmabuf_egl.png" LABELS vm vm-only)
if(TEST example-dmabuf-egl) # on a system that lacks what it is about
  set_tests_properties(example-dmabuf-egl PROPERTIES SKIP_REGULAR_EXPRESSION
    "No display of EGL's imports dma-bufs;No modifier in common")
endif()
vxm_add_example_test(implicit-sync implicit_sync LABELS vm vm-only)
if(TEST example-implicit-sync)
  set_tests_properties(example-implicit-sync PROPERTIES SKIP_REGULAR_EXPRESSION
    "VK_ERROR_FEATURE_NOT_PRESENT: vxmDmaBufAllocate")
endif()
# Without the wait frames must come out wrong: the others can fail. In the machine, where everything
# takes its time, fewer frames show it.
vxm_add_example_test(image-pingpong image_pingpong LABELS vm)
vxm_add_example_test(image-pingpong-slow image_pingpong ARGUMENTS --slow 100)
vxm_add_example_test(image-pingpong-no-wait image_pingpong ARGUMENTS --slow --no-wait 200)
vxm_add_example_test(image-pingpong-fence image_pingpong
  ARGUMENTS --fence 100 LABELS vm vm-only)
vxm_add_example_test(image-pingpong-no-wait-vm image_pingpong
  ARGUMENTS --slow --no-wait 40 LABELS vm vm-only)
vxm_add_example_test(nv12-import nv12_import
  ARGUMENTS --png "${CMAKE_CURRENT_BINARY_DIR}/nv12_import.png" LABELS vm vm-only)
if(TEST example-nv12-import) # on a system that lacks what it is about
  set_tests_properties(example-nv12-import PROPERTIES SKIP_REGULAR_EXPRESSION
    "does not sample YCbCr;VK_ERROR_FEATURE_NOT_PRESENT: vxmDmaBuf")
endif()
vxm_add_example_test(vma-modifiers vma_modifiers LABELS vm vm-only)
if(TARGET gstreamer_sink)
  pkg_get_variable(plugins gstreamer-1.0 pluginsdir)
  if(EXISTS "${plugins}/libgstapp.so" AND EXISTS "${plugins}/libgstvideo4linux2.so")
    vxm_add_example_test(gstreamer-sink gstreamer_sink
      ARGUMENTS "v4l2src device=/dev/video0 num-buffers=10" LABELS vm vm-only)
    set_tests_properties(example-gstreamer-sink PROPERTIES
      SKIP_REGULAR_EXPRESSION "Cannot identify device")
  else()
    message(STATUS "vxm: GStreamer's v4l2src or appsink is missing (Debian and Ubuntu: "
      "gstreamer1.0-plugins-good); the example gstreamer_sink is built, and not run.")
  endif()
endif()
if(TARGET pipewire_producer)
  find_program(VXM_PIPEWIRE pipewire)
  find_program(VXM_WIREPLUMBER wireplumber)
  mark_as_advanced(VXM_PIPEWIRE VXM_WIREPLUMBER)
  if(VXM_PIPEWIRE AND VXM_WIREPLUMBER)
    add_test(NAME example-pipewire COMMAND "${CMAKE_CURRENT_LIST_DIR}/../vm/pipewire.sh"
      "$<TARGET_FILE:pipewire_producer>" "$<TARGET_FILE:pipewire_source>")
    set_tests_properties(example-pipewire PROPERTIES
      TIMEOUT 600 LABELS "vm;vm-only" SKIP_RETURN_CODE 77)
  else()
    message(STATUS "vxm: PipeWire's daemon or WirePlumber is missing (Debian: pipewire, "
      "wireplumber); the examples pipewire_producer and pipewire_source are built, and not run.")
  endif()
endif()
vxm_add_example_test(kms-framebuffer kms_framebuffer ARGUMENTS 1 LABELS vm vm-only)
vxm_add_example_test(v4l2-capture v4l2_capture
  ARGUMENTS /dev/video0 "${CMAKE_CURRENT_BINARY_DIR}/v4l2_capture.png" LABELS vm vm-only)
# 77: no display, or no camera; they say so.
foreach(test IN ITEMS example-kms-framebuffer example-v4l2-capture)
  if(TEST ${test})
    set_tests_properties(${test} PROPERTIES SKIP_RETURN_CODE 77)
  endif()
endforeach()
# One device of each kind is in the machine.
foreach(test IN ITEMS example-gstreamer-sink example-v4l2-capture)
  if(TEST ${test})
    set_tests_properties(${test} PROPERTIES RESOURCE_LOCK camera)
  endif()
endforeach()
if(TEST example-kms-framebuffer)
  set_tests_properties(example-kms-framebuffer PROPERTIES RESOURCE_LOCK kms)
endif()
