# SPDX-License-Identifier: Apache-2.0
# Lets a standard ament_cmake package build against ROS 2 installed as Python wheels.

# The prefix is where the wheels put lib/ and share/: pip's isolated build environment, or a virtual environment.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
execute_process(
  COMMAND "${Python3_EXECUTABLE}" -c
    "import ament_package, pathlib; print(pathlib.Path(ament_package.__file__).resolve().parents[4].as_posix())"
  OUTPUT_VARIABLE ros_prefix
  OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
list(PREPEND CMAKE_PREFIX_PATH "${ros_prefix}")
set(ENV{AMENT_PREFIX_PATH} "${ros_prefix}")

# The wheels' exported targets name the Python include folder of the machine that built them; CMake stops on a folder
# that is not there. Drop such folders once all find_package calls are done.
function(drop_missing_include_folders)
  get_property(targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(NOT folders)
      continue()
    endif()
    set(present "")
    foreach(folder IN LISTS folders)
      if(NOT IS_ABSOLUTE "${folder}" OR EXISTS "${folder}")
        list(APPEND present "${folder}")
      endif()
    endforeach()
    set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${present}")
  endforeach()
endfunction()
cmake_language(DEFER CALL drop_missing_include_folders)

# NumPy's headers lie below the source folder when the virtual environment does (make setup), and CMake refuses to export
# such a path. Nobody compiles against the generated Python extension: its interface need not name them.
function(hide_headers_below_source)
  set(target ${PROJECT_NAME}__rosidl_generator_py)
  if(NOT TARGET ${target})
    return()
  endif()
  get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
  list(FILTER folders EXCLUDE REGEX "^${CMAKE_CURRENT_SOURCE_DIR}/.*/site-packages/")
  set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${folders}")
endfunction()
cmake_language(DEFER CALL hide_headers_below_source)

# Python alone speaks these interfaces here, and Python's need C's: nobody compiles C++ nodes against a wheel. Call it
# between find_package and rosidl_generate_interfaces. It saves more than half of the compilation.
macro(generate_for_python_alone)
  list(FILTER AMENT_EXTENSIONS_rosidl_generate_idl_interfaces EXCLUDE REGEX "_cpp:")
endmacro()

# The transport's code for a message is small and its headers are large: compile all of it as two units.
function(compile_in_two_units)
  set(target ${PROJECT_NAME}__rosidl_typesupport_fastrtps_c)
  get_target_property(sources ${target} SOURCES)
  list(LENGTH sources count)
  # SOURCES counts headers too, of which a unit takes none.
  math(EXPR half "${count} / 4 + 1")
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${half})
endfunction()
