# The demo on the model driver, in the place of the Vulkan loader: two processes, real handles.
set(loader_sources
  loader/habits.c
  loader/loader.c
  loader/pixels.c)
vxm_require_listed(loader ${loader_sources})
if(TARGET two_process AND NOT VXM_SANITIZE)
  set(loader_folder "${CMAKE_CURRENT_BINARY_DIR}/loader")
  add_library(vxm_model_loader SHARED ${loader_sources} ${model_${vxm_test_system}_sources}
    $<TARGET_OBJECTS:vxm_model_core>)
  set_target_properties(vxm_model_core vxm_model_loader PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(vxm_model_loader PRIVATE vxm_test_options)
  vxm_test_target(vxm_model_loader)
  set_target_properties(vxm_model_loader PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${loader_folder}"
    LIBRARY_OUTPUT_DIRECTORY "${loader_folder}")
  if(WIN32)
    # Windows looks beside the program first.
    set_target_properties(vxm_model_loader PROPERTIES PREFIX "" OUTPUT_NAME vulkan-1)
    add_custom_command(TARGET vxm_model_loader POST_BUILD
      COMMAND ${CMAKE_COMMAND} -E copy_if_different $<TARGET_FILE:two_process> "${loader_folder}")
    add_dependencies(vxm_model_loader two_process)
    set(demo "${loader_folder}/two_process.exe")
  else()
    set_target_properties(vxm_model_loader PROPERTIES OUTPUT_NAME vulkan SUFFIX .so.1)
    set(demo two_process)
  endif()
  add_test(NAME demo-on-model
    COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} ${demo} --png "${loader_folder}/two_process.png")
  set_tests_properties(demo-on-model PROPERTIES
    TIMEOUT 300
    ENVIRONMENT "LD_LIBRARY_PATH=${loader_folder};WINEDLLOVERRIDES=vulkan-1=n"
    PASS_REGULAR_EXPRESSION
      "device +Model[^\n]*\n.*agrees\n.*agrees\n.*agrees\n.*agrees"
    FAIL_REGULAR_EXPRESSION "DIFFERS;rules were broken")
endif()
