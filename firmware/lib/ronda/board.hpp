// SPDX-License-Identifier: Apache-2.0
// What the firmware needs from a board. One implementation per board, one for the computer (host/).
#pragma once

#include <cstddef>
#include <cstdint>

namespace ronda {

struct Sensors {
  std::int32_t left_ticks = 0;  // wrap around
  std::int32_t right_ticks = 0;
  float left_current = 0;  // A
  float right_current = 0;
  float voltage = 24;      // V
  float temperature = 25;  // degrees Celsius, the hotter motor
  bool bumper = false;
  bool estop = false;  // true: the normally closed circuit is open
  bool loop = false;
  bool beam = false;
  bool fire = false;
  bool open_end = false;
  bool closed_end = false;
};

class Board {
 public:
  virtual std::uint32_t millis() = 0;  // wraps
  virtual Sensors read() = 0;
  // Duty cycles in [-1, 1]; without power the bridges are off and the wheels roll freely.
  virtual void motors(float left, float right, bool powered) = 0;
  virtual void barrier(int direction) = 0;  // 1 opens, -1 closes, 0 holds
  virtual void relays(std::uint8_t mask) = 0;
  virtual void send(const std::uint8_t* data, std::size_t size) = 0;
  virtual std::uint32_t boot_id() = 0;  // another number after each start
  virtual const char* name() = 0;       // at most 12 characters
  virtual bool has_drive() { return true; }
  virtual bool has_barrier() { return true; }

 protected:
  ~Board() = default;
};

}  // namespace ronda
