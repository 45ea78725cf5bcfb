// SPDX-License-Identifier: Apache-2.0
// The drive: who may move the wheels and what stops them. Stop categories as in IEC 60204-1: watchdog and faults brake
// and then remove the power (1), the emergency stop removes it at once (0).
#pragma once

#include <cstdint>

#include "board.hpp"
#include "messages.hpp"
#include "wheel.hpp"

namespace ronda {

enum class DriveMode : std::uint8_t { kDisarmed = 1, kArmed = 2, kWatchdog = 3, kFault = 4, kEstop = 5 };

enum FaultBit : std::uint8_t { kOvercurrent = 1, kOverheated = 2, kUndervoltage = 4, kLeftEncoder = 8, kRightEncoder = 16 };

struct DriveConfig {
  WheelConfig wheel;
  std::uint16_t watchdog_ms = 200;
  std::uint16_t stuck_ms = 500;
  float max_current = 12.0f;
  std::uint16_t overcurrent_ms = 200;
  float max_temperature = 85.0f;
  float min_voltage = 19.0f;
};

class Drive {
 public:
  explicit Drive(const DriveConfig& config = {}) : config_(config), left_(config.wheel), right_(config.wheel) {}

  void setpoint(float left, float right, std::uint32_t now) {
    const float bound = config_.wheel.max_speed;
    left_target_ = Wheel::clamp(left, -bound, bound);
    right_target_ = Wheel::clamp(right, -bound, bound);
    heard_at_ = now;
    heard_ = true;
    // The watchdog lets go only when the sender shows that it knows about the stop.
    if (mode_ == DriveMode::kWatchdog && zero()) mode_ = DriveMode::kArmed;
  }

  Result arm(std::uint32_t now) {
    if (mode_ == DriveMode::kEstop) return Result::kRefusedEstop;
    if (mode_ == DriveMode::kFault) return Result::kRefusedFault;
    if (age(now) > config_.watchdog_ms || !zero()) return Result::kRefusedState;
    if (!standing()) return Result::kRefusedMoving;
    if (mode_ == DriveMode::kDisarmed) mode_ = DriveMode::kArmed;
    return Result::kDone;
  }

  void disarm() {
    if (mode_ == DriveMode::kArmed || mode_ == DriveMode::kWatchdog) mode_ = DriveMode::kDisarmed;
    heard_ = false;
  }

  Result clear_fault() {
    if (!standing()) return Result::kRefusedMoving;
    if (mode_ == DriveMode::kFault) mode_ = DriveMode::kDisarmed;
    if (mode_ == DriveMode::kDisarmed) faults_ = 0;
    return mode_ == DriveMode::kEstop ? Result::kRefusedEstop : Result::kDone;
  }

  void estop() { mode_ = DriveMode::kEstop; }

  Result reset_estop(const Sensors& sensors) {
    if (sensors.estop) return Result::kRefusedEstop;
    if (mode_ == DriveMode::kEstop) mode_ = faults_ ? DriveMode::kFault : DriveMode::kDisarmed;
    return Result::kDone;
  }

  void update(const Sensors& sensors, std::uint32_t now, float dt, Board& board) {
    left_.measure(sensors.left_ticks, dt);
    right_.measure(sensors.right_ticks, dt);
    if (sensors.estop) mode_ = DriveMode::kEstop;
    watch(sensors, dt);
    if (mode_ == DriveMode::kArmed && age(now) > config_.watchdog_ms) mode_ = DriveMode::kWatchdog;
    const bool driving = mode_ == DriveMode::kArmed;
    const bool braking = mode_ != DriveMode::kEstop && !driving && !stopped();
    if (!driving && !braking) {
      left_.reset();
      right_.reset();
      left_duty_ = right_duty_ = 0;
      board.motors(0, 0, false);
      return;
    }
    float left = driving ? left_target_ : 0;
    float right = driving ? right_target_ : 0;
    // A touched bumper forbids pushing on, whatever the host says; backing off stays possible.
    if (sensors.bumper && left + right > 0) left = right = 0;
    left_duty_ = left_.control(left, dt);
    right_duty_ = right_.control(right, dt);
    board.motors(left_duty_, right_duty_, true);
  }

  DriveMode mode() const { return mode_; }
  std::uint8_t faults() const { return faults_; }
  const Wheel& left() const { return left_; }
  const Wheel& right() const { return right_; }
  std::uint16_t watchdog_ms() const { return config_.watchdog_ms; }
  float ticks_per_metre() const { return config_.wheel.ticks_per_metre; }
  std::uint32_t age(std::uint32_t now) const { return heard_ ? now - heard_at_ : 0xffffu; }

 private:
  bool zero() const { return left_target_ == 0 && right_target_ == 0; }
  bool standing() const { return Wheel::abs(left_.speed()) < 0.02f && Wheel::abs(right_.speed()) < 0.02f; }
  bool stopped() const { return left_.ramp() == 0 && right_.ramp() == 0 && standing(); }

  void watch(const Sensors& sensors, float dt) {
    std::uint8_t found = 0;
    const auto ms = static_cast<std::uint16_t>(dt * 1000.0f);
    const bool high = sensors.left_current > config_.max_current || sensors.right_current > config_.max_current;
    overcurrent_ms_ = high ? static_cast<std::uint16_t>(overcurrent_ms_ + ms) : 0;
    if (overcurrent_ms_ > config_.overcurrent_ms) found |= kOvercurrent;
    if (sensors.temperature > config_.max_temperature) found |= kOverheated;
    if (sensors.voltage < config_.min_voltage) found |= kUndervoltage;
    if (stuck(left_, left_duty_, left_stuck_ms_, ms)) found |= kLeftEncoder;
    if (stuck(right_, right_duty_, right_stuck_ms_, ms)) found |= kRightEncoder;
    faults_ |= found;
    if (found && mode_ != DriveMode::kEstop) mode_ = DriveMode::kFault;
  }

  bool stuck(const Wheel& wheel, float duty, std::uint16_t& since, std::uint16_t ms) const {
    since = Wheel::abs(duty) > 0.3f && wheel.moved() == 0 ? static_cast<std::uint16_t>(since + ms) : 0;
    return since > config_.stuck_ms;
  }

  DriveConfig config_;
  Wheel left_;
  Wheel right_;
  DriveMode mode_ = DriveMode::kDisarmed;
  std::uint8_t faults_ = 0;
  float left_target_ = 0;
  float right_target_ = 0;
  float left_duty_ = 0;
  float right_duty_ = 0;
  std::uint32_t heard_at_ = 0;
  bool heard_ = false;
  std::uint16_t overcurrent_ms_ = 0;
  std::uint16_t left_stuck_ms_ = 0;
  std::uint16_t right_stuck_ms_ = 0;
};

}  // namespace ronda
