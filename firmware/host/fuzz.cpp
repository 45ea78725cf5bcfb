// SPDX-License-Identifier: Apache-2.0
// Throws random bytes at the device: COUNT strings from seed SEED, raw ones and ones framed with a good checksum, so that
// the messages behind the framing are reached as well. Built with the address and undefined-behaviour sanitizers.
#include <cstdio>
#include <cstdlib>
#include <random>

#include "../lib/ronda/device.hpp"
#include "simulated_board.hpp"

int main(int argc, char** argv) {
  const unsigned long count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100000;
  std::mt19937 random(argc > 2 ? static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)) : 1u);
  static ronda_host::SimulatedBoard board;
  static ronda::Device device(board);
  const std::uint8_t types[] = {1, 2, 3, 0x10, 0x81, 0x83, 0x7f};
  for (unsigned long i = 0; i < count; ++i) {
    std::uint8_t bytes[ronda::kMaxEncoded + 64];
    std::size_t size = 0;
    if (random() % 2 == 0) {
      size = random() % sizeof bytes;
      for (std::size_t j = 0; j < size; ++j) bytes[j] = static_cast<std::uint8_t>(random() % 7 == 0 ? 0 : random());
    } else {
      ronda::Frame frame;
      frame.version = random() % 8 == 0 ? static_cast<std::uint8_t>(random()) : ronda::kVersion;
      frame.type = types[random() % sizeof types];
      frame.sequence = static_cast<std::uint16_t>(random());
      frame.size = static_cast<std::uint8_t>(random() % 2 ? random() % 16 : random() % (ronda::kMaxPayload + 1));
      for (std::size_t j = 0; j < frame.size; ++j) frame.payload[j] = static_cast<std::uint8_t>(random());
      if (random() % 4 != 0) {  // sessions that meet again, and arguments small enough to mean something
        for (int j = 0; j < 4; ++j) frame.payload[j] = 0;
        frame.payload[0] = 1 + static_cast<std::uint8_t>(random() % 2);
        frame.payload[4] = static_cast<std::uint8_t>(random() % 0x28);
        for (int j = 6; j < 10 && random() % 2; ++j) frame.payload[j] = 0;
      }
      size = ronda::encode(frame, bytes);
    }
    device.receive(bytes, size);
    if (i % 16 == 0) {
      board.step();
      device.tick();
    }
    board.sent(board.output_size());
  }
  std::printf("%lu strings, drive in state %d, barrier in state %d\n", count, static_cast<int>(device.drive().mode()),
              static_cast<int>(device.barrier().state()));
  return 0;
}
