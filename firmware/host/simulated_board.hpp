// SPDX-License-Identifier: Apache-2.0
// A board inside a computer: two motors with inertia, encoders, a battery, a barrier arm with end switches.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>

#include "../lib/ronda/board.hpp"

namespace ronda_host {

// First-order motor: the speed follows duty * top with a time constant, and the encoder counts.
struct Motor {
  double duty = 0;
  bool powered = false;
  bool stalled = false;
  double speed = 0;  // m/s
  double way = 0;    // m

  void step(double dt) {
    const double target = powered ? duty * 1.25 : 0;
    const double constant = powered ? 0.06 : 0.25;  // without power it only coasts down
    speed += (target - speed) * (1 - std::exp(-dt / constant));
    if (stalled) speed = 0;
    way += speed * dt;
  }
};

class SimulatedBoard final : public ronda::Board {
 public:
  // With `stepped` its time stands still but for advance().
  explicit SimulatedBoard(bool stepped = false) : stepped_(stepped), start_(std::chrono::steady_clock::now()) {}

  std::uint32_t millis() override {
    using namespace std::chrono;
    if (stepped_) return now_;
    return static_cast<std::uint32_t>(duration_cast<milliseconds>(steady_clock::now() - start_).count());
  }

  ronda::Sensors read() override {
    ronda::Sensors out = switches;
    constexpr double kTicksPerMetre = 3537.0;
    // From near the wrap on purpose: whoever counts ticks must survive it.
    out.left_ticks = wrapped(left.way * kTicksPerMetre);
    out.right_ticks = wrapped(right.way * kTicksPerMetre);
    out.left_current = static_cast<float>(0.2 + 4 * std::fabs(left.duty * 1.25 - left.speed));
    out.right_current = static_cast<float>(0.2 + 4 * std::fabs(right.duty * 1.25 - right.speed));
    out.open_end = both_ends || (!no_ends && arm >= 1);
    out.closed_end = both_ends || (!no_ends && arm <= 0);
    return out;
  }

  void motors(float l, float r, bool powered) override {
    left.duty = l;
    right.duty = r;
    left.powered = right.powered = powered;
  }

  // A witness of its own, beside what the firmware believes: an arm that goes down upon something.
  void barrier(int direction) override {
    const bool danger = switches.loop || switches.beam || switches.fire || switches.estop;
    if (direction < 0 && direction_ >= 0) ++closings;
    if (direction < 0 && danger) ++unsafe;
    direction_ = direction;
  }
  void relays(std::uint8_t mask) override { relay_mask = mask; }
  std::uint32_t boot_id() override { return std::random_device{}() | 1u; }
  const char* name() override { return "host"; }
  void send(const std::uint8_t* data, std::size_t size) override {
    if (out_size_ + size <= sizeof out_) {  // a full line loses whole frames, as a full buffer does
      std::memcpy(out_ + out_size_, data, size);
      out_size_ += size;
    }
  }

  void advance(std::uint32_t ms) { now_ += ms; }
  int direction() const { return direction_; }

  void step() {
    const std::uint32_t now = millis();
    const double dt = (now - stepped_at_) / 1000.0;
    stepped_at_ = now;
    left.step(dt);
    right.step(dt);
    if (!jammed) arm = std::fmin(1, std::fmax(0, arm + direction_ * dt / arm_seconds));
  }

  const std::uint8_t* output() const { return out_; }
  std::size_t output_size() const { return out_size_; }
  void sent(std::size_t size) {
    std::memmove(out_, out_ + size, out_size_ - size);
    out_size_ -= size;
  }

  Motor left;
  Motor right;
  ronda::Sensors switches;
  double arm = 0;  // 0 closed, 1 open
  double arm_seconds = 1.5;
  unsigned long closings = 0;
  unsigned long unsafe = 0;
  bool jammed = false;
  bool both_ends = false;
  bool no_ends = false;
  std::uint8_t relay_mask = 0;

 private:
  static std::int32_t wrapped(double ticks) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::int64_t>(ticks) + 0x7fffff00));
  }

  bool stepped_;
  std::uint32_t now_ = 0;
  std::chrono::steady_clock::time_point start_;
  std::uint32_t stepped_at_ = 0;
  int direction_ = 0;
  std::uint8_t out_[4096] = {};
  std::size_t out_size_ = 0;
};

}  // namespace ronda_host
