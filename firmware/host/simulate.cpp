// SPDX-License-Identifier: Apache-2.0
// The firmware behind a pseudo-terminal. Prints the device's path, then takes lines that change its world:
//   bumper|estop|loop|beam|fire|jam|both_ends|no_ends|stall_left|stall_right 0|1,  voltage V,  temperature C
// With --report it prints "wheels LEFT RIGHT" (m/s) 20 times a second. Ends with its standard input.
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "../lib/ronda/device.hpp"
#include "simulated_board.hpp"

namespace {

int open_pty() {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return -1;
  // Held open, so that the line survives a host that closes it; raw, so that no byte is touched.
  const int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
  termios settings{};
  if (slave < 0 || tcgetattr(slave, &settings) != 0) return -1;
  cfmakeraw(&settings);
  tcsetattr(slave, TCSANOW, &settings);
  fcntl(master, F_SETFL, O_NONBLOCK);
  return master;
}

bool apply(ronda_host::SimulatedBoard& board, const char* line) {
  char name[32];
  double value = 0;
  if (std::sscanf(line, "%31s %lf", name, &value) != 2) return false;
  const bool on = value != 0;
  struct Switch {
    const char* name;
    bool* target;
  } const switches[] = {{"bumper", &board.switches.bumper}, {"estop", &board.switches.estop},
                        {"loop", &board.switches.loop},     {"beam", &board.switches.beam},
                        {"fire", &board.switches.fire},     {"jam", &board.jammed},
                        {"both_ends", &board.both_ends},    {"no_ends", &board.no_ends},
                        {"stall_left", &board.left.stalled}, {"stall_right", &board.right.stalled}};
  for (const auto& entry : switches) {
    if (std::strcmp(name, entry.name) == 0) {
      *entry.target = on;
      return true;
    }
  }
  if (std::strcmp(name, "voltage") == 0) {
    board.switches.voltage = static_cast<float>(value);
  } else if (std::strcmp(name, "temperature") == 0) {
    board.switches.temperature = static_cast<float>(value);
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const bool report = argc > 1 && std::strcmp(argv[1], "--report") == 0;
  const int line = open_pty();
  if (line < 0) {
    std::perror("cannot open a pseudo-terminal");
    return 1;
  }
  std::printf("%s\n", ptsname(line));
  std::fflush(stdout);
  static ronda_host::SimulatedBoard board;
  static ronda::Device device(board);
  char typed[256];
  std::size_t typed_size = 0;
  std::uint32_t reported = 0;
  for (;;) {
    pollfd waiting[2] = {{line, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    poll(waiting, 2, 5);
    if (waiting[1].revents != 0) {
      const ssize_t size = read(STDIN_FILENO, typed + typed_size, sizeof typed - 1 - typed_size);
      if (size <= 0) return 0;
      typed_size += static_cast<std::size_t>(size);
      typed[typed_size] = 0;
      char* begin = typed;
      for (char* end = std::strchr(begin, '\n'); end != nullptr; end = std::strchr(begin, '\n')) {
        *end = 0;
        std::printf(apply(board, begin) ? "ok %s\n" : "unknown %s\n", begin);
        begin = end + 1;
      }
      std::fflush(stdout);
      typed_size = std::strlen(begin);
      if (typed_size >= sizeof typed - 1) typed_size = 0;
      std::memmove(typed, begin, typed_size);
    }
    std::uint8_t bytes[512];
    const ssize_t size = read(line, bytes, sizeof bytes);
    board.step();
    if (size > 0) device.receive(bytes, static_cast<std::size_t>(size));
    device.tick();
    if (board.output_size() > 0) {
      const ssize_t sent = write(line, board.output(), board.output_size());
      // Nobody reads: a serial line drops what it cannot hold.
      board.sent(sent > 0 ? static_cast<std::size_t>(sent) : board.output_size());
    }
    if (report && board.millis() - reported >= 50) {
      reported = board.millis();
      std::printf("wheels %.4f %.4f\n", board.left.speed, board.right.speed);
      std::fflush(stdout);
    }
  }
}
