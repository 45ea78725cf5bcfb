// SPDX-License-Identifier: Apache-2.0
// A filter for tests and measurements: finds frames in standard input and writes the good ones out again, encoded anew.
// With --barrier it drives the barrier machine instead: each line "TIME_MS COMMAND OPEN_END CLOSED_END LOOP BEAM FIRE ESTOP
// LINK AUTO" is answered with "RESULT STATE REASON MOTOR MOVEMENTS FIRE_OPEN". COMMAND: n nothing, o open, c close, f close
// by force, s stop, r reset, a close by itself according to AUTO, h hold open; x starts anew.
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "../lib/ronda/barrier.hpp"
#include "../lib/ronda/frame.hpp"

namespace {

int filter() {
  static ronda::Reader reader;
  static ronda::Frame frame;
  static std::uint8_t in[65536];
  for (;;) {
    const ssize_t size = read(STDIN_FILENO, in, sizeof in);
    if (size <= 0) break;
    for (ssize_t i = 0; i < size; ++i) {
      if (!reader.feed(in[i], frame)) continue;
      std::uint8_t out[ronda::kMaxEncoded + 1];
      std::fwrite(out, 1, ronda::encode(frame, out), stdout);
    }
    std::fflush(stdout);
  }
  return 0;
}

int barrier() {
  ronda::Barrier machine;
  unsigned long now = 0;
  char command = 0;
  int v[8];
  while (std::scanf("%lu %c %d %d %d %d %d %d %d %d", &now, &command, v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7) == 10) {
    if (command == 'x') {
      machine = ronda::Barrier();
      continue;
    }
    const auto t = static_cast<std::uint32_t>(now);
    auto result = ronda::Result::kDone;
    if (command == 'h') machine.hold_open();
    if (command == 'a') machine.auto_close(v[7] != 0);
    if (command == 'o') result = machine.open(t);
    if (command == 'c') result = machine.close(t, false);
    if (command == 'f') result = machine.close(t, true);
    if (command == 's') result = machine.stop();
    if (command == 'r') result = machine.reset();
    const int motor = machine.update({v[0] != 0, v[1] != 0, v[2] != 0, v[3] != 0, v[4] != 0, v[5] != 0, v[6] != 0}, t);
    std::printf("%d %d %d %d %lu %d\n", static_cast<int>(result), static_cast<int>(machine.state()),
                static_cast<int>(machine.reason()), motor, static_cast<unsigned long>(machine.movements()),
                machine.fire_open() ? 1 : 0);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return argc > 1 && std::strcmp(argv[1], "--barrier") == 0 ? barrier() : filter(); }
