# A file that nobody lists is neither compiled nor tested, and nobody notices.
#   vxm_require_listed(<folder> <files of it, relative to here>...)
function(vxm_require_listed folder)
  file(GLOB present RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" CONFIGURE_DEPENDS
    "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.c"
    "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.m")
  list(REMOVE_ITEM present ${ARGN})
  if(present)
    message(FATAL_ERROR
      "vxm: in no list of ${CMAKE_CURRENT_LIST_FILE}: ${present}")
  endif()
endfunction()
