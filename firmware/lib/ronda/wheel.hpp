// SPDX-License-Identifier: Apache-2.0
// One driven wheel: speed from ticks, ramp of the setpoint, PI control with feed-forward.
#pragma once

#include <cstdint>

namespace ronda {

struct WheelConfig {
  float ticks_per_metre = 3537.0f;  // 2000 per turn of a 0.09 m wheel
  float max_speed = 1.2f;           // m/s; what the feed-forward takes as full duty
  float acceleration = 1.5f;        // m/s2
  float braking = 6.0f;
  float kp = 0.8f;        // duty per m/s
  float ki = 3.0f;        // duty per m
  float settling = 0.015f;  // s; time constant of the speed's low-pass filter
};

class Wheel {
 public:
  explicit Wheel(const WheelConfig& config) : config_(config) {}

  void measure(std::int32_t ticks, float dt) {
    if (started_) {
      // Unsigned subtraction: right across the wrap.
      const auto moved = static_cast<std::int32_t>(static_cast<std::uint32_t>(ticks) - static_cast<std::uint32_t>(last_));
      const float measured = static_cast<float>(moved) / config_.ticks_per_metre / dt;
      speed_ += dt / (config_.settling + dt) * (measured - speed_);
      moved_ = moved;
    }
    last_ = ticks;
    started_ = true;
  }

  // The duty cycle that brings the wheel towards `target` m/s.
  float control(float target, float dt) {
    const bool slowing = target * ramp_ <= 0 || abs(target) < abs(ramp_);
    const float step = (slowing ? config_.braking : config_.acceleration) * dt;
    ramp_ = clamp(target, ramp_ - step, ramp_ + step);
    if (ramp_ == 0 && target == 0) integral_ = 0;  // what was needed to keep going must not push on at the end
    const float error = ramp_ - speed_;
    const float wanted = ramp_ / config_.max_speed + config_.kp * error + config_.ki * integral_;
    const float duty = clamp(wanted, -1, 1);
    if (duty == wanted) integral_ += error * dt;  // no wind-up while saturated
    return duty;
  }

  void reset() { ramp_ = integral_ = 0; }
  float speed() const { return speed_; }
  float ramp() const { return ramp_; }
  std::int32_t moved() const { return moved_; }
  static float abs(float value) { return value < 0 ? -value : value; }
  static float clamp(float value, float low, float high) { return value < low ? low : value > high ? high : value; }

 private:
  WheelConfig config_;
  float speed_ = 0;
  float ramp_ = 0;
  float integral_ = 0;
  std::int32_t last_ = 0;
  std::int32_t moved_ = 0;
  bool started_ = false;
};

}  // namespace ronda
