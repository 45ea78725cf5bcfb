// SPDX-License-Identifier: Apache-2.0
// The firmware behind a pseudo-terminal. Prints the device's path, then takes lines that change its world:
//   bumper|estop|loop|beam|fire|jam|both_ends|no_ends|stall_left|stall_right 0|1,  voltage V,  temperature C,
//   travel S (time of the barrier's arm from end to end),  arm SHARE (put it there: 0 closed, 1 open)
// each answered with "ok ..." or "unknown ...".  witness 0  is answered with "ok witness CLOSINGS UNSAFE": how often the
// motor began to close, and for how many steps it closed with the loop, beam, fire alarm or emergency stop active.
// With --report it prints "wheels LEFT RIGHT" (m/s) and "arm SHARE MOTOR" (0 to 1; 1 opens, -1 closes) 20 times a second.
// With --step its time stands still, but for lines "step MS". Ends with its standard input.
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <cmath>
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
  } else if (std::strcmp(name, "travel") == 0 && value > 0) {
    board.arm_seconds = value;
  } else if (std::strcmp(name, "arm") == 0) {
    board.arm = std::fmin(1, std::fmax(0, value));
  } else {
    return false;
  }
  return true;
}

void turn(ronda_host::SimulatedBoard& board, ronda::Device& device, int line) {
  board.step();
  device.tick();
  if (board.output_size() > 0) {
    const ssize_t sent = write(line, board.output(), board.output_size());
    // Nobody reads: a serial line drops what it cannot hold.
    board.sent(sent > 0 ? static_cast<std::size_t>(sent) : board.output_size());
  }
}

void answer(ronda_host::SimulatedBoard& board, ronda::Device& device, int line, const char* typed) {
  unsigned ms = 0;
  if (std::sscanf(typed, "step %u", &ms) == 1) {
    for (; ms > 0; ms -= ms < 10 ? ms : 10) {
      board.advance(ms < 10 ? ms : 10);
      turn(board, device, line);
    }
    std::printf("ok step\n");
  } else if (std::strncmp(typed, "witness", 7) == 0) {
    std::printf("ok witness %lu %lu\n", board.closings, board.unsafe);
  } else {
    std::printf(apply(board, typed) ? "ok %s\n" : "unknown %s\n", typed);
  }
}

bool asked(int argc, char** argv, const char* option) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], option) == 0) return true;
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const bool report = asked(argc, argv, "--report");
  const bool stepped = asked(argc, argv, "--step");
  const int line = open_pty();
  if (line < 0) {
    std::perror("cannot open a pseudo-terminal");
    return 1;
  }
  std::printf("%s\n", ptsname(line));
  std::fflush(stdout);
  static ronda_host::SimulatedBoard board(stepped);
  static ronda::Device device(board);
  char typed[256];
  std::size_t typed_size = 0;
  std::uint32_t reported = 0;
  for (;;) {
    pollfd waiting[2] = {{line, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    poll(waiting, 2, 5);
    // The line first: what was sent before a step was ordered belongs before it.
    std::uint8_t bytes[4096];  // as much as a pseudo-terminal holds
    const ssize_t got = read(line, bytes, sizeof bytes);
    if (got > 0) device.receive(bytes, static_cast<std::size_t>(got));
    if (waiting[1].revents != 0) {
      const ssize_t size = read(STDIN_FILENO, typed + typed_size, sizeof typed - 1 - typed_size);
      if (size <= 0) return 0;
      typed_size += static_cast<std::size_t>(size);
      typed[typed_size] = 0;
      char* begin = typed;
      for (char* end = std::strchr(begin, '\n'); end != nullptr; end = std::strchr(begin, '\n')) {
        *end = 0;
        answer(board, device, line, begin);
        begin = end + 1;
      }
      std::fflush(stdout);
      typed_size = std::strlen(begin);
      if (typed_size >= sizeof typed - 1) typed_size = 0;
      std::memmove(typed, begin, typed_size);
    }
    turn(board, device, line);
    if (report && board.millis() - reported >= 50) {
      reported = board.millis();
      std::printf("wheels %.4f %.4f\narm %.4f %d\n", board.left.speed, board.right.speed, board.arm, board.direction());
      std::fflush(stdout);
    }
  }
}
