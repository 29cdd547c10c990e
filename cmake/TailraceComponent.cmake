# One folder = one idea = one target. Flags, header checks, install and tests come from here, so that a
# component's own list names only what is its own.

add_library(tailrace_options INTERFACE)
set_target_properties(tailrace_options PROPERTIES EXPORT_NAME options)
target_compile_features(tailrace_options INTERFACE cxx_std_20)
target_include_directories(tailrace_options INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
# Same bits on every machine: no contraction to fused multiply-add, no reassociation.
target_compile_options(tailrace_options INTERFACE -ffp-contract=off)
add_library(tailrace_warnings INTERFACE)
target_compile_options(tailrace_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror
  # Designated initializers leave members at their defaults on purpose.
  -Wno-missing-field-initializers
  # GCC 12 sees overlaps in std::string's own code that cannot happen (GCC bug 105329), and at -O3 writes past the
  # end of fmt's buffers that cannot either.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>)
if(TAILRACE_SANITIZE)
  # What a sanitizer inserts makes GCC lose track of which alternative a variant holds.
  target_compile_options(tailrace_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_compile_options(-fsanitize=${TAILRACE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TAILRACE_SANITIZE})
endif()
if(TAILRACE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(TAILRACE_INSTALL)
  install(TARGETS tailrace_options EXPORT tailraceTargets)
endif()

# tailrace_component(name [OPTIONAL] [WHOLE_TEST] DEPENDS other... LIBRARIES external... PRIVATE_LIBRARIES external...
#                    HEADERS ... SOURCES ... TESTS ...)
#
# Makes the target tailrace_<name> (alias tailrace::<name>) from this folder, checks that every header compiles
# alone (target all_verify_interface_header_sets), installs it, makes it part of tailrace::tailrace, and makes the
# test program tailrace_<name>_test. An optional one is not part of tailrace::tailrace, since it needs what not everybody
# has: who wants it asks find_package(tailrace) for it by name. WHOLE_TEST: see WHOLE of tailrace_test.
function(tailrace_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg
    "OPTIONAL;WHOLE_TEST" "" "DEPENDS;LIBRARIES;PRIVATE_LIBRARIES;HEADERS;SOURCES;TESTS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "tailrace_component(${name}) does not know: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(target tailrace_${name})
  list(TRANSFORM arg_DEPENDS PREPEND tailrace_)
  if(arg_SOURCES)
    set(scope PUBLIC)
    add_library(${target} STATIC ${arg_SOURCES})
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:tailrace_warnings> ${arg_PRIVATE_LIBRARIES})
  else()
    set(scope INTERFACE)
    add_library(${target} INTERFACE)
  endif()
  add_library(tailrace::${name} ALIAS ${target})
  set(set_name tailraceTargets)
  set(verify ON)
  if(arg_OPTIONAL)
    set(set_name tailrace_${name}Targets)
    set(verify OFF)  # with LibTorch's headers each takes up to ten seconds; its own source includes it first
  endif()
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} VERIFY_INTERFACE_HEADER_SETS ${verify})
  foreach(dependency IN LISTS arg_DEPENDS)
    if(NOT TARGET ${dependency})
      message(FATAL_ERROR "tailrace_component(${name}) depends on ${dependency}, which does not come before it")
    endif()
  endforeach()
  target_link_libraries(${target} ${scope} tailrace_options ${arg_DEPENDS} ${arg_LIBRARIES})
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${arg_HEADERS})
  if(TAILRACE_INSTALL)
    install(TARGETS ${target} EXPORT ${set_name} FILE_SET HEADERS)
  endif()
  if(NOT arg_OPTIONAL)
    set_property(GLOBAL APPEND PROPERTY TAILRACE_COMPONENTS ${target})
  endif()
  if(TAILRACE_TESTS AND arg_TESTS)
    set(whole)
    if(arg_WHOLE_TEST)
      set(whole WHOLE)
    endif()
    tailrace_test(${target}_test ${whole} SOURCES ${arg_TESTS} DEPENDS ${target})
  endif()
endfunction()

# tailrace_test(program [WHOLE] SOURCES ... DEPENDS targets... [LABELS slow])
#
# Each of its tests is one of ctest's, unless it is registered as a whole: what links LibTorch takes most of a second to
# start.
function(tailrace_test program)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WHOLE" "LABELS" "SOURCES;DEPENDS")
  add_executable(${program} ${arg_SOURCES})
  target_link_libraries(${program} PRIVATE ${arg_DEPENDS} tailrace_warnings GTest::gmock GTest::gtest_main)
  target_compile_options(${program} PRIVATE ${TAILRACE_TEST_FLAGS})
  # Only sources that ask for the folder's name see it: the others then come from the cache in every checkout.
  foreach(source ${arg_SOURCES})
    file(STRINGS ${source} asks REGEX "TAILRACE_SOURCE_DIR|golden\\.hpp" LIMIT_COUNT 1)
    if(asks)
      set_property(SOURCE ${source} APPEND PROPERTY
        COMPILE_DEFINITIONS TAILRACE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    endif()
  endforeach()
  set(properties TIMEOUT 600)
  if(arg_LABELS)
    list(APPEND properties LABELS ${arg_LABELS})
  endif()
  if(arg_WHOLE)
    add_test(NAME ${program} COMMAND ${program})
    set_tests_properties(${program} PROPERTIES ${properties})
    return()
  endif()
  gtest_discover_tests(${program} NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST PROPERTIES ${properties})
endfunction()

# tailrace_fuzzer(program SOURCES ... DEPENDS targets...): a libFuzzer program, named <what>_fuzz; its seeds are the
# files of tests/fuzz/seeds/<what>_fuzz.
function(tailrace_fuzzer program)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPENDS")
  add_executable(${program} ${arg_SOURCES})
  target_link_libraries(${program} PRIVATE ${arg_DEPENDS} tailrace_warnings)
  target_link_options(${program} PRIVATE -fsanitize=fuzzer)
endfunction()
