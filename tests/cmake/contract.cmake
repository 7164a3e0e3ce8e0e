# The contract suites: the same for each back end, but for the files named after one.
set(contract_support_sources
  contract/app.c
  contract/common.c
  contract/exchange.c
  contract/fixture.c
  contract/plane_images.c
  contract/recorder.c
  contract/sweep.c
  contract/types.c
  contract/vk_device.c)
set(contract_sources
  contract/channel.c
  contract/channel_misuse.c
  contract/describe_plane.c
  contract/device.c
  contract/device_callbacks.c
  contract/device_choice.c
  contract/device_commands.c
  contract/device_wrap.c
  contract/disjoint.c
  contract/encode.c
  contract/errors.c
  contract/faults.c
  contract/fourcc.c
  contract/fuzz.c
  contract/handle.c
  contract/handover.c
  contract/handover_refused.c
  contract/image.c
  contract/image_refused.c
  contract/memory.c
  contract/memory_object.c
  contract/memory_types.c
  contract/misuse.c
  contract/modifiers.c
  contract/modifiers_choice.c
  contract/native.c
  contract/needs.c
  contract/null.c
  contract/ownership.c
  contract/plan.c
  contract/plan_import.c
  contract/query.c
  contract/scenarios_channel.c
  contract/scenarios_device.c
  contract/scenarios_memory.c
  contract/scenarios_plan.c
  contract/scenarios_planes.c
  contract/scenarios_semaphore.c
  contract/semaphore.c
  contract/semaphore_import.c
  contract/semaphore_query.c
  contract/shared.c
  contract/wrap.c
  contract/wrap_image.c)
set(contract_posix_sources
  contract/channel_faults_posix.c
  contract/channel_hostile_posix.c
  contract/channel_junk_posix.c
  contract/channel_posix.c
  contract/handle_posix.c
  contract/planes_driver_posix.c
  contract/planes_import_posix.c
  contract/planes_misuse_posix.c
  contract/planes_posix.c
  contract/planes_refused_posix.c
  contract/threads_posix.c
  contract/vk_posix.c)
set(contract_fuchsia_sources
  contract/channel_fuchsia.c
  contract/handle_fuchsia.c
  contract/vk_fuchsia.c
  contract/waits_fuchsia.c)
set(contract_metal_sources
  contract/misuse_metal.c
  contract/objects_metal.c
  contract/vk_metal.c)
set(contract_win32_sources
  contract/misuse_win32.c
  contract/share_win32.c
  contract/vk_win32.c)
set(contract_backend_sources
  contract/backend_fuchsia.c
  contract/backend_metal.c
  contract/backend_posix.c
  contract/backend_win32.c
  contract/natives_metal_modelled.c
  contract/natives_metal_objc.c
  contract/natives_win32.c
  contract/natives_win32_modelled.c)
vxm_require_listed(contract
  ${contract_sources} ${contract_support_sources} ${contract_posix_sources}
  ${contract_backend_sources}
  ${contract_fuchsia_sources} ${contract_metal_sources} ${contract_win32_sources})

# They are compiled once: nothing of a system's stands in them.
add_library(vxm_contract_support OBJECT ${contract_support_sources})
add_library(vxm_contract_suites OBJECT ${contract_sources})
foreach(target IN ITEMS vxm_contract_support vxm_contract_suites)
  target_link_libraries(${target} PUBLIC vxm_test_options)
  vxm_test_target(${target})
endforeach()
target_compile_definitions(vxm_contract_suites PRIVATE
  VXM_HEADER="${PROJECT_SOURCE_DIR}/include/vxm/vxm.h")
# The library's shared code is the same with each back end.
list(JOIN vxm_backends "|" folders)
set(vxm_shared_objects "$<FILTER:$<TARGET_OBJECTS:vxm>,EXCLUDE,/src/(${folders})/>")

# vxm_add_contract(
#   NAME <what follows "contract-", "system-" and "contract ">
#   SEAM <files>        the back end: seam A and seam B, relative to the project
#   MODEL <files>       the model driver's own for this system
#   BACKEND <files>     backend_<system>.c, and what its functions stand on
#   [SYSTEM <files>]    suites that no other back end has, for the program system-<NAME>
#   [INCLUDES <folders with the system's headers>]
#   [DEFINITIONS <of the back end>] [LIBRARIES <more>])
function(vxm_add_contract)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME"
    "SEAM;MODEL;BACKEND;SYSTEM;INCLUDES;DEFINITIONS;LIBRARIES")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "vxm_add_contract: unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  string(MAKE_C_IDENTIFIER "${arg_NAME}" id)
  list(TRANSFORM arg_SEAM PREPEND "${PROJECT_SOURCE_DIR}/")
  # As the library is compiled, but for the folder of the tests.
  add_library(vxm_seam_${id} OBJECT ${arg_SEAM})
  target_link_libraries(vxm_seam_${id} PUBLIC vxm_test_options)
  target_include_directories(vxm_seam_${id} PRIVATE "${vxm_generated}")
  target_include_directories(vxm_seam_${id} SYSTEM PRIVATE "${VXM_VOLK_DIR}")
  target_compile_definitions(vxm_seam_${id} PRIVATE
    VXM_BUILDING VK_NO_PROTOTYPES ${arg_DEFINITIONS})
  vxm_test_target(vxm_seam_${id})
  target_compile_options(vxm_seam_${id} PRIVATE ${VXM_LIBRARY_WARNINGS})
  target_include_directories(vxm_seam_${id} PRIVATE ${arg_INCLUDES})
  vxm_add_faulted_library(vxm_faulted_${id}
    ${vxm_shared_objects} $<TARGET_OBJECTS:vxm_seam_${id}>)
  add_dependencies(vxm_faulted_${id}_archive vxm_seam_${id})
  # What both programs have in common.
  add_library(vxm_backend_${id} OBJECT ${arg_BACKEND} ${arg_MODEL})
  target_link_libraries(vxm_backend_${id} PUBLIC vxm_test_options)
  target_compile_definitions(vxm_backend_${id} PUBLIC ${arg_DEFINITIONS})
  target_include_directories(vxm_backend_${id} PUBLIC ${arg_INCLUDES})
  vxm_test_target(vxm_backend_${id})
  set(common vxm_backend_${id} vxm_model_core vxm_contract_support ${arg_LIBRARIES})
  # Under ThreadSanitizer, which takes a minute for each, those of posix and win32-modelled have been
  # through all of the shared code; what threads meet in is each system's own, and is tested beside.
  if(NOT VXM_SANITIZE STREQUAL "thread" OR arg_NAME MATCHES "^(posix|win32)")
    vxm_add_test_program(NAME contract-${arg_NAME} LABEL "contract ${arg_NAME}"
      SOURCES $<TARGET_OBJECTS:vxm_contract_suites>
      LIBRARY vxm_faulted_${id}
      LIBRARIES ${common})
  endif()
  if(arg_SYSTEM)
    vxm_add_test_program(NAME system-${arg_NAME} LABEL "system ${arg_NAME}"
      SOURCES ${arg_SYSTEM}
      LIBRARY vxm_faulted_${id}
      LIBRARIES ${common})
  endif()
endfunction()

if(WIN32)
  # On Windows itself, or through Wine: real handles, real processes.
  if(CMAKE_CROSSCOMPILING_EMULATOR)
    set(contract_name win32-wine64)
  else()
    set(contract_name win32)
  endif()
  vxm_add_contract(NAME ${contract_name}
    SEAM ${vxm_win32_sources}
    MODEL ${model_win32_sources}
    BACKEND contract/backend_win32.c contract/natives_win32.c
    SYSTEM ${contract_win32_sources})
else()
  vxm_add_contract(NAME posix
    SEAM ${vxm_posix_sources}
    MODEL ${model_posix_sources}
    BACKEND contract/backend_posix.c
    SYSTEM ${contract_posix_sources})
  # Also with another system's compiler, headers and C library.
  set_tests_properties(contract-posix system-posix PROPERTIES LABELS vm)

  list(TRANSFORM modelled_seam_sources PREPEND tests/ OUTPUT_VARIABLE modelled_seam)
  vxm_add_contract(NAME win32-modelled
    SEAM ${modelled_seam} src/win32/vk.c
    MODEL ${model_win32_modelled_sources}
    BACKEND contract/backend_win32.c contract/natives_win32_modelled.c
    SYSTEM ${contract_win32_sources}
    LIBRARIES vxm_modelled_table)

  vxm_add_contract(NAME fuchsia-modelled
    SEAM ${vxm_fuchsia_sources}
    MODEL ${model_fuchsia_sources}
    BACKEND contract/backend_fuchsia.c modelled/zircon.c
    SYSTEM ${contract_fuchsia_sources}
    INCLUDES "${CMAKE_CURRENT_SOURCE_DIR}/fuchsia/include"
    LIBRARIES vxm_modelled_table)

  vxm_add_contract(NAME metal-modelled
    SEAM ${modelled_seam} src/metal/vk.c
    MODEL ${model_metal_modelled_sources}
    BACKEND contract/backend_metal.c contract/natives_metal_modelled.c
    SYSTEM ${contract_metal_sources}
    LIBRARIES vxm_modelled_table)
  add_subdirectory(metal/gnustep)
endif()
