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
