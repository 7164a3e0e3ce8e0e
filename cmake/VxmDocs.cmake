# The target docs: the API reference with the guide, as HTML in <build>/docs/html.
find_program(VXM_DOXYGEN doxygen DOC "Doxygen, for the target docs (Debian and Ubuntu: doxygen)")
find_program(VXM_SED sed DOC "sed, which Doxygen's pages go through")

set(VXM_DOCS_DIR "${PROJECT_BINARY_DIR}/docs")
set(VXM_DOCS_FILTER "")
if(VXM_SED)
  set(VXM_DOCS_FILTER
    "*.md=\"${VXM_SED} -f '${PROJECT_SOURCE_DIR}/docs/page.sed'\"")
endif()
configure_file("${PROJECT_SOURCE_DIR}/docs/Doxyfile.in" "${VXM_DOCS_DIR}/Doxyfile" @ONLY)

if(VXM_DOXYGEN)
  add_custom_target(docs
    COMMAND "${VXM_DOXYGEN}" "${VXM_DOCS_DIR}/Doxyfile"
    COMMAND ${CMAKE_COMMAND} -E echo "The reference is ${VXM_DOCS_DIR}/html/index.html"
    COMMENT "Making the API reference"
    VERBATIM)
else()
  add_custom_target(docs
    COMMAND ${CMAKE_COMMAND} -E echo
      "Doxygen was not found (Debian and Ubuntu: doxygen). Install it and configure again."
    COMMAND ${CMAKE_COMMAND} -E false
    VERBATIM)
endif()
