# SPDX-License-Identifier: Apache-2.0
"""The firmware as its engineer would have it: no warning, no heap, whichever compiler; and its board file compiles.

The board's own libraries are not here: the declarations that main.cpp uses stand below, so that at least its own lines
are checked. Nothing is flashed.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from robot_base import firmware_build
from robot_base.errors import FirmwareBuildError

COMPILERS = [name for name in ("g++", "clang++") if shutil.which(name)]
STRICT = ["-std=c++17", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
EMBEDDED = ["-Os", "-ffreestanding", "-fno-exceptions", "-fno-rtti", "-fno-stack-protector", "-fno-pic"]
# What a freestanding compiler may call by itself; everything else has to be in the library.
MAY_NEED = {"memcpy", "memset", "memmove", "memcmp"}

WHOLE_LIBRARY = """
#include "ronda/device.hpp"
ronda::Device* everything(ronda::Board& board) {
  static ronda::Device device(board);  // at a fixed place, as main.cpp has it
  device.receive(nullptr, 0);
  device.tick();
  return &device;
}
"""

ARDUINO = """
#pragma once
#include <cstddef>
#include <cstdint>
enum { INPUT_PULLUP, OUTPUT, LOW, HIGH, A9 = 23, A10, A11 };
struct Usb {
  void begin(long);
  int available();
  int availableForWrite();
  std::size_t readBytes(char*, std::size_t);
  std::size_t write(const std::uint8_t*, std::size_t);
};
extern Usb Serial;
std::uint32_t millis();
void pinMode(int, int);
void digitalWrite(int, int);
int digitalRead(int);
int analogRead(int);
void analogWrite(int, int);
void analogReadResolution(int);
float tempmonGetTemp();
inline int min(int a, int b) { return a < b ? a : b; }
"""
ENCODER = """
#pragma once
#include <cstdint>
class Encoder {
 public:
  Encoder(int, int);
  std::int32_t read();
};
"""
EEPROM = """
#pragma once
struct Memory {
  template <typename T> void get(int, T&) {}
  template <typename T> void put(int, const T&) {}
};
extern Memory EEPROM;
"""


def compile_strictly(compiler: str, source: Path, target: Path, *flags: str) -> None:
    done = subprocess.run(
        [compiler, *STRICT, *flags, "-c", str(source), "-o", str(target)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", firmware_build.PROGRAMS)
def test_the_host_programs_compile_without_a_warning(compiler: str, name: str, tmp_path: Path) -> None:
    compile_strictly(compiler, firmware_build.sources() / "host" / f"{name}.cpp", tmp_path / "out.o", "-O2")


@pytest.mark.parametrize("compiler", COMPILERS)
def test_the_library_needs_no_heap_no_exceptions_and_no_runtime(compiler: str, tmp_path: Path) -> None:
    source, target = tmp_path / "all.cpp", tmp_path / "all.o"
    source.write_text(WHOLE_LIBRARY)
    library = f"-I{firmware_build.sources() / 'lib'}"
    compile_strictly(compiler, source, target, library, *EMBEDDED, "-fno-threadsafe-statics")
    names = subprocess.run(["nm", "-u", str(target)], capture_output=True, text=True, check=True).stdout.split()
    assert set(names) - {"U"} <= MAY_NEED


def test_the_check_for_the_heap_finds_one(tmp_path: Path) -> None:
    source, target = tmp_path / "heap.cpp", tmp_path / "heap.o"
    source.write_text("int* made() { return new int(1); }\n")
    compile_strictly(COMPILERS[0], source, target, *EMBEDDED)
    names = subprocess.run(["nm", "-u", str(target)], capture_output=True, text=True, check=True).stdout.split()
    assert not set(names) - {"U"} <= MAY_NEED


@pytest.mark.parametrize("compiler", COMPILERS)
def test_the_board_file_compiles_against_what_it_uses(compiler: str, tmp_path: Path) -> None:
    for name, text in (("Arduino.h", ARDUINO), ("Encoder.h", ENCODER), ("EEPROM.h", EEPROM)):
        (tmp_path / name).write_text(text)
    main = firmware_build.sources() / "src" / "main.cpp"
    compile_strictly(compiler, main, tmp_path / "main.o", f"-I{tmp_path}", *EMBEDDED)


def test_a_program_is_built_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RONDA_DATA_DIR", str(tmp_path))
    first = firmware_build.program("codec")
    assert first.is_relative_to(tmp_path)
    built = first.stat().st_mtime_ns
    assert firmware_build.program("codec") == first
    assert first.stat().st_mtime_ns == built


def test_without_a_compiler_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RONDA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(FirmwareBuildError) as caught:
        firmware_build.program("codec")
    assert "apt install g++" in caught.value.hint


def test_a_compiler_that_fails_is_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "c++"
    broken.write_text("#!/bin/sh\necho no space left >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("RONDA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CXX", str(broken))
    with pytest.raises(FirmwareBuildError, match="no space left"):
        firmware_build.program("codec")
