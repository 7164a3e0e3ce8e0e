# Makes the headers that keep volk's globals inside libvxm.
#
# volk's globals carry the names of Vulkan's own functions (extern PFN_vkCreateBuffer
# vkCreateBuffer;), so a static library that has them would break a program which links the Vulkan
# loader directly, or which has a volk of its own. vxm_volk_names.h renames each of them to
# vxm__<name>; it is read from the volk.h at hand, so it fits any version of volk.

# vxm_generate_volk_files(<folder of volk.h and volk.c> <folder for the generated files>)
function(vxm_generate_volk_files volk_dir out_dir)
  set(volk_h "${volk_dir}/volk.h")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${volk_h}")
  file(READ "${volk_h}" text)

  # "extern PFN_vkX vkX" for the function pointers, "volkX(" for volk's own functions.
  string(REGEX MATCHALL "extern PFN_vk[A-Za-z0-9_]+ vk[A-Za-z0-9_]+" pointers "${text}")
  list(TRANSFORM pointers REPLACE "^extern PFN_vk[A-Za-z0-9_]+ " "")
  string(REGEX MATCHALL "volk[A-Z][A-Za-z0-9]*[(]" functions "${text}")
  list(TRANSFORM functions REPLACE "[(]$" "")

  list(LENGTH pointers pointer_count)
  if(pointer_count LESS 300 OR NOT "volkInitialize" IN_LIST functions)
    message(FATAL_ERROR
      "vxm: ${volk_h} is not the volk.h that vxm knows to rename: it declares ${pointer_count} "
      "function pointers, and these functions: ${functions}. Point VXM_VOLK_INCLUDE_DIR at the "
      "folder that holds volk's volk.h and volk.c.")
  endif()

  set(names ${pointers} ${functions})
  list(REMOVE_DUPLICATES names)
  list(SORT names)
  list(TRANSFORM names REPLACE "(.+)" "#define \\1 vxm__\\1" OUTPUT_VARIABLE lines)
  list(JOIN lines "\n" VXM_VOLK_DEFINES)
  set(VXM_VOLK_C "${volk_dir}/volk.c")

  foreach(file IN ITEMS vxm_volk_names.h vxm_volk.h vxm_volk.c)
    configure_file("${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${file}.in" "${out_dir}/${file}" @ONLY)
  endforeach()
endfunction()
