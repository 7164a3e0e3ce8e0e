# Criterion or its stand-in, and the functions that make a program of suites.
if(NOT VXM_TEST_STANDIN)
  find_path(VXM_CRITERION_INCLUDE_DIR criterion/criterion.h)
  find_library(VXM_CRITERION_LIBRARY criterion)
  if(NOT VXM_CRITERION_INCLUDE_DIR OR NOT VXM_CRITERION_LIBRARY)
    message(WARNING
      "vxm: Criterion was not found (Debian and Ubuntu: libcriterion-dev); the tests run with "
      "their stand-in for it.")
    set(VXM_TEST_STANDIN ON)
  endif()
endif()

add_library(vxm_test_options INTERFACE)
target_include_directories(vxm_test_options INTERFACE
  "${CMAKE_CURRENT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src")
target_link_libraries(vxm_test_options INTERFACE vxm_vulkan_headers)
if(WIN32)
  # ntdll and psapi for support/resources_win32.c
  target_link_libraries(vxm_test_options INTERFACE ${vxm_backend_libraries} ntdll psapi)
else()
  find_package(Threads REQUIRED)
  target_link_libraries(vxm_test_options INTERFACE Threads::Threads)
endif()
if(MINGW)
  target_compile_definitions(vxm_test_options INTERFACE __USE_MINGW_ANSI_STDIO=1)
elseif(MSVC)
  # The standard's preprocessor, which standin.h is written for.
  target_compile_options(vxm_test_options INTERFACE $<$<C_COMPILER_ID:MSVC>:/Zc:preprocessor>)
endif()
if(VXM_TEST_STANDIN)
  target_compile_definitions(vxm_test_options INTERFACE VXM_TEST_STANDIN)
  set(runner support/run_standin.c support/run_standin_${vxm_test_system}.c)
else()
  target_include_directories(vxm_test_options SYSTEM INTERFACE "${VXM_CRITERION_INCLUDE_DIR}")
  target_link_libraries(vxm_test_options INTERFACE "${VXM_CRITERION_LIBRARY}")
  set(runner support/run_criterion.c)
endif()

function(vxm_test_target target)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 11
    C_STANDARD_REQUIRED ON
    C_EXTENSIONS OFF)
  vxm_set_warnings(${target})
endfunction()

add_library(vxm_test_support OBJECT
  ${runner}
  $<$<BOOL:${WIN32}>:support/child_win32.c>
  support/resources.c
  support/resources_${vxm_test_system}.c
  support/sanitizers.c
  support/thread_${vxm_test_system}.c
  support/verdict.c
  support/verdict_${vxm_test_system}.c)
target_link_libraries(vxm_test_support PUBLIC vxm_test_options)
target_compile_definitions(vxm_test_support PRIVATE 
  VXM_LAVAPIPE_ICD="${VXM_LAVAPIPE_ICD}"
  VXM_LAVAPIPE_LIBRARY="${VXM_LAVAPIPE_LIBRARY}")
target_link_libraries(vxm_test_support PUBLIC ${CMAKE_DL_LIBS})
vxm_test_target(vxm_test_support)

# --- a libvxm whose system calls and allocations pass through support/faults.c ---
# vxm_add_faulted_library(<target> <objects, as generator expressions>...): to be linked in the place
# of vxm.
if(MSVC)
  # Visual Studio has no objcopy; LLVM's knows its object files.
  find_program(VXM_OBJCOPY llvm-objcopy HINTS "$ENV{ProgramFiles}/LLVM/bin" REQUIRED)
else()
  set(VXM_OBJCOPY "${CMAKE_OBJCOPY}")
endif()
function(vxm_add_faulted_library target)
  set(archive "${CMAKE_CURRENT_BINARY_DIR}/lib${target}.a")
  if(MSVC)
    set(archive_command "${CMAKE_AR}" /NOLOGO "/OUT:${archive}")
  else()
    set(archive_command "${CMAKE_AR}" rcs "${archive}")
  endif()
  set(symbols "${PROJECT_SOURCE_DIR}/tests/support/faults_${vxm_test_system}.syms")
  add_custom_command(OUTPUT "${archive}"
    COMMAND ${CMAKE_COMMAND} -E rm -f "${archive}"
    COMMAND ${archive_command} ${ARGN}
    COMMAND ${VXM_OBJCOPY} --redefine-syms=${symbols} "${archive}"
    DEPENDS ${ARGN} "${symbols}"
    COMMENT "Renaming the system calls in a copy of libvxm (${target})"
    COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(${target}_archive DEPENDS "${archive}")
  # Makefiles know the objects as files only, not which target makes them.
  add_dependencies(${target}_archive vxm)
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}_archive)
  target_link_libraries(${target} INTERFACE
    vxm_faults $<TARGET_OBJECTS:vxm_faults> "${archive}" ${CMAKE_DL_LIBS})
endfunction()

add_library(vxm_faults OBJECT support/faults.c support/faults_${vxm_test_system}.c)
target_link_libraries(vxm_faults PUBLIC vxm_test_options)
vxm_test_target(vxm_faults)
vxm_add_faulted_library(vxm_faulted $<TARGET_OBJECTS:vxm>)

# vxm_add_test_program(
#   NAME <program, and name in CTest>
#   LABEL <text of the closing line "LABEL: 12 passed, 0 failed, 0 skipped">
#   SOURCES <files>
#   [CHILD]             it defines test_child(), see support/test.h
#   [FAULTS]            link the library whose calls support/faults.h can fail
#   [MODEL]             link the model driver
#   [LIBRARY <target>]  link that in place of the library
#   [LIBRARIES <more>] [DEFINITIONS <more>])
function(vxm_add_test_program)
  cmake_parse_arguments(PARSE_ARGV 0 arg "CHILD;FAULTS;MODEL" "NAME;LABEL;LIBRARY"
    "SOURCES;LIBRARIES;DEFINITIONS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "vxm_add_test_program: unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES} "${PROJECT_SOURCE_DIR}/tests/support/main.c")
  target_compile_definitions(${arg_NAME} PRIVATE
    VXM_SUITE_LABEL="${arg_LABEL}" ${arg_DEFINITIONS} $<$<BOOL:${arg_CHILD}>:VXM_TEST_CHILD>)
  target_link_libraries(${arg_NAME} PRIVATE vxm_test_support ${arg_LIBRARIES})
  if(arg_MODEL)
    target_link_libraries(${arg_NAME} PRIVATE vxm_model)
  endif()
  if(arg_LIBRARY)
    target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBRARY})
  elseif(arg_FAULTS)
    target_link_libraries(${arg_NAME} PRIVATE vxm_faulted)
  else()
    target_link_libraries(${arg_NAME} PRIVATE vxm)
  endif()
  vxm_test_target(${arg_NAME})
  add_test(NAME ${arg_NAME} COMMAND ${arg_NAME})
  set_tests_properties(${arg_NAME} PROPERTIES TIMEOUT 900)
  if(CMAKE_CROSSCOMPILING_EMULATOR)
    # Without its server, which has been seen to die (Wine 8), a program under Wine hangs.
    set_tests_properties(${arg_NAME} PROPERTIES TIMEOUT 300)
  endif()
endfunction()
