# The warnings that vxm's own files are clean under.
set(vxm_gnu_like "$<COMPILE_LANG_AND_ID:C,GNU,Clang,AppleClang>")

# For the library only: in its files each function is static or declared in a header.
set(VXM_LIBRARY_WARNINGS "$<${vxm_gnu_like}:-Wstrict-prototypes;-Wmissing-prototypes;-Wundef>")

function(vxm_set_warnings target)
  target_compile_options(${target} PRIVATE
    "$<${vxm_gnu_like}:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion>"
    "$<$<C_COMPILER_ID:MSVC>:/W4>")
  if(VXM_WERROR)
    set_target_properties(${target} PROPERTIES COMPILE_WARNING_AS_ERROR ON)
  endif()
endfunction()
