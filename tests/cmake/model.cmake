# The model driver: what it is made of on each system, and the payloads of each.
set(model_sources
  model/barrier.c
  model/bind.c
  model/chain.c
  model/command.c
  model/config.c
  model/device.c
  model/external.c
  model/format.c
  model/instance.c
  model/keyed_mutex.c
  model/memory.c
  model/memory_external.c
  model/memory_fd.c
  model/memory_map.c
  model/memory_metal.c
  model/memory_win32.c
  model/memory_zircon.c
  model/metal_objects.c
  model/modifier.c
  model/object.c
  model/payload.c
  model/physical.c
  model/proc.c
  model/queue.c
  model/report.c
  model/resource.c
  model/rules.c
  model/semaphore.c
  model/semaphore_external.c
  model/semaphore_fd.c
  model/semaphore_win32.c
  model/semaphore_zircon.c)
set(model_posix_sources
  model/config_posix.c
  model/payload_posix.c
  model/platform_posix.c)
# Windows, with payloads of the modelled table.
set(model_win32_modelled_sources
  model/config_win32.c
  model/payload_modelled.c
  model/platform_posix.c)
# ... and with real section objects.
set(model_win32_sources
  model/config_win32.c
  model/payload_win32.c
  model/platform_win32.c)
set(model_fuchsia_sources
  model/config_fuchsia.c
  model/payload_modelled.c
  model/platform_posix.c)
# Metal, with payloads of the modelled table.
set(model_metal_modelled_sources
  model/config_metal.c
  model/payload_modelled.c
  model/platform_posix.c)
# ... and with Objective-C's objects.
set(model_metal_gnustep_sources
  model/config_metal.c
  model/payload_objc.c
  model/platform_posix.c)
set(model_selftest_sources
  model/selftest_driver.c
  model/selftest_memory.c
  model/selftest_planes.c
  model/selftest_posix.c
  model/selftest_sync.c)
vxm_require_listed(model
  ${model_sources} ${model_posix_sources} ${model_win32_modelled_sources} ${model_win32_sources}
  model/selftest.c ${model_selftest_sources} model/selftest_fuchsia.c model/selftest_metal.c
  model/selftest_win32.c
  ${model_fuchsia_sources} ${model_metal_modelled_sources} ${model_metal_gnustep_sources})
add_library(vxm_model_core OBJECT ${model_sources})
target_link_libraries(vxm_model_core PUBLIC vxm_test_options)
vxm_test_target(vxm_model_core)
add_library(vxm_model STATIC
  ${model_${vxm_test_system}_sources} $<TARGET_OBJECTS:vxm_model_core>)
target_link_libraries(vxm_model PUBLIC vxm_test_options)
vxm_test_target(vxm_model)

# --- the table of modelled handles, which back ends whose system isn't here stand on ---
# What stands behind seam A there, as the library's own sources are compiled, and files of others.
set(modelled_seam_sources
  modelled/listen.c
  modelled/os.c
  modelled/transport.c)
set(modelled_zircon_sources
  modelled/zircon.c)
vxm_require_listed(modelled
  modelled/selftest.c modelled/table.c ${modelled_seam_sources} ${modelled_zircon_sources})
if(NOT WIN32)
  add_library(vxm_modelled_table OBJECT modelled/table.c)
  target_link_libraries(vxm_modelled_table PUBLIC vxm_test_options)
  vxm_test_target(vxm_modelled_table)
  vxm_add_test_program(NAME modelled-selftest LABEL "modelled handles"
    SOURCES modelled/selftest.c
    LIBRARIES vxm_modelled_table)
endif()

# --- each of the model driver's rules, broken once on purpose ---
function(vxm_add_model_selftest name)
  add_executable(${name} model/selftest.c ${ARGN})
  target_link_libraries(${name} PRIVATE vxm_model_core vxm_test_options)
  vxm_test_target(${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
if(NOT WIN32)
  vxm_add_model_selftest(model-selftest ${model_selftest_sources} ${model_posix_sources})
  vxm_add_model_selftest(model-selftest-win32
    model/selftest_win32.c contract/natives_win32_modelled.c ${model_win32_modelled_sources}
    $<TARGET_OBJECTS:vxm_modelled_table>)
  target_link_libraries(model-selftest-win32 PRIVATE vxm_faults ${CMAKE_DL_LIBS})
  vxm_add_model_selftest(model-selftest-fuchsia
    model/selftest_fuchsia.c ${model_fuchsia_sources} $<TARGET_OBJECTS:vxm_modelled_table>)
  vxm_add_model_selftest(model-selftest-metal
    model/selftest_metal.c ${model_metal_modelled_sources} $<TARGET_OBJECTS:vxm_modelled_table>)
else()
  vxm_add_model_selftest(model-selftest-win32
    model/selftest_win32.c contract/natives_win32.c ${model_win32_sources})
  target_link_libraries(model-selftest-win32 PRIVATE vxm_faults vxm_test_support)
endif()
