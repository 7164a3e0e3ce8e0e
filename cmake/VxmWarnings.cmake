# The warnings that vxm's own files are clean under.
# clang-cl takes -Wall for everything that clang can warn of; its /W4 is clang's -Wall -Wextra.
if(CMAKE_C_COMPILER_FRONTEND_VARIANT STREQUAL "MSVC" OR MSVC)
  set(vxm_warnings /W4)
  set(vxm_no_warnings /w)
  set(VXM_LIBRARY_WARNINGS)
else()
  set(vxm_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
  set(vxm_no_warnings -w)
  # For the library only: in its files each function is static or declared in a header.
  set(VXM_LIBRARY_WARNINGS -Wstrict-prototypes -Wmissing-prototypes -Wundef)
endif()

function(vxm_set_warnings target)
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:C,OBJC>:${vxm_warnings}>")
  if(MSVC)
    # It would have the C standard's functions replaced by its own.
    target_compile_definitions(${target} PRIVATE _CRT_SECURE_NO_WARNINGS)
  endif()
  if(VXM_WERROR)
    set_target_properties(${target} PROPERTIES COMPILE_WARNING_AS_ERROR ON)
  endif()
endfunction()
