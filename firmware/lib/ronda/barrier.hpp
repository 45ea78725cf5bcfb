// SPDX-License-Identifier: Apache-2.0
// The barrier: it never starts to close over an occupied loop or beam, and reopens when one becomes occupied meanwhile.
// A fire alarm opens it, once even out of a fault, and holds it open until a person asks for closing (close, `forced`).
// The same machine exists in Python (src/robot_base/barrier.py); a test drives both with the same inputs.
#pragma once

#include <cstdint>

#include "messages.hpp"

namespace ronda {

enum class BarrierState : std::uint8_t { kUnknown = 0, kOpen, kOpening, kClosed, kClosing, kStopped, kFault };

enum class BarrierReason : std::uint8_t {
  kNone = 0,
  kBothEnds = 1,
  kTooSlow = 2,
  kDidNotLeave = 3,
  kMovedByForce = 4,
  kObstacle = 5,
  kCommand = 6,
  kLinkLost = 7,
  kEstop = 8,
  kFire = 9,
};

struct BarrierConfig {
  std::uint32_t max_run_ms = 8000;
  std::uint32_t leave_ms = 2000;
  std::uint32_t clear_ms = 1000;
  std::uint32_t force_ms = 500;
};

struct BarrierInputs {
  bool open_end = false;
  bool closed_end = false;
  bool loop = false;
  bool beam = false;
  bool fire = false;
  bool estop = false;
  bool link = true;
};

class Barrier {
 public:
  explicit Barrier(const BarrierConfig& config = {}) : config_(config) {}

  Result open(std::uint32_t now) {
    if (last_.estop) return Result::kRefusedEstop;
    if (state_ == BarrierState::kFault) return Result::kRefusedFault;
    if (state_ != BarrierState::kOpen && state_ != BarrierState::kOpening) move(BarrierState::kOpening, now);
    passed_ = false;  // opened for the next vehicle, which has not passed yet
    reason_ = BarrierReason::kCommand;
    return Result::kDone;
  }

  // `forced`: a person sees the lane and takes the barrier back from the fire alarm. Sensors count all the same.
  Result close(std::uint32_t now, bool forced) {
    if (last_.estop) return Result::kRefusedEstop;
    if (state_ == BarrierState::kFault || state_ == BarrierState::kUnknown) return Result::kRefusedFault;
    if (last_.fire || (fire_open_ && !forced)) return Result::kRefusedFire;
    if (state_ == BarrierState::kClosed || state_ == BarrierState::kClosing) return Result::kDone;
    if (!clear_long(now)) return Result::kRefusedOccupied;
    fire_open_ = false;
    move(BarrierState::kClosing, now);
    reason_ = BarrierReason::kCommand;
    return Result::kDone;
  }

  Result stop() {
    if (last_.fire) return Result::kRefusedFire;
    if (moving()) halt(BarrierReason::kCommand);
    return Result::kDone;
  }

  Result reset() {
    if (state_ == BarrierState::kFault) {
      state_ = BarrierState::kUnknown;
      reason_ = BarrierReason::kNone;
    }
    return Result::kDone;
  }

  void hold_open() { fire_open_ = true; }

  void auto_close(bool on) {
    auto_close_ = on;
    passed_ = false;
  }

  // One step; returns the direction of the motor: 1 opens, -1 closes, 0 holds.
  int update(const BarrierInputs& in, std::uint32_t now) {
    last_ = in;
    if (in.loop || in.beam) {
      cleared_ = false;
    } else if (!cleared_) {
      cleared_ = true;
      clear_at_ = now;
    }
    if (in.open_end && in.closed_end && state_ != BarrierState::kFault) fault(BarrierReason::kBothEnds);
    if (in.fire) fire_open_ = true;
    if (!in.fire) fire_tried_ = false;
    if (in.estop) {
      if (moving()) halt(BarrierReason::kEstop);
      return 0;
    }
    step(in, now);
    const bool shut =
        state_ == BarrierState::kClosed || state_ == BarrierState::kStopped || state_ == BarrierState::kClosing;
    // Out of a fault one try for each alarm: people come first, but a motor must not be driven against a wreck for ever.
    const bool stuck = state_ == BarrierState::kFault && reason_ != BarrierReason::kBothEnds && !fire_tried_;
    if (in.fire && (shut || stuck)) {
      if (stuck) fire_tried_ = true;
      move(BarrierState::kOpening, now);
      reason_ = BarrierReason::kFire;
    }
    if (state_ == BarrierState::kOpening) return 1;
    return state_ == BarrierState::kClosing ? -1 : 0;
  }

  BarrierState state() const { return state_; }
  BarrierReason reason() const { return reason_; }
  bool fire_open() const { return fire_open_; }
  std::uint32_t movements() const { return movements_; }

 private:
  bool moving() const { return state_ == BarrierState::kOpening || state_ == BarrierState::kClosing; }
  bool clear_long(std::uint32_t now) const { return cleared_ && now - clear_at_ >= config_.clear_ms; }

  void move(BarrierState state, std::uint32_t now) {
    state_ = state;
    since_ = now;
    displaced_ = false;
  }

  void halt(BarrierReason reason) {
    state_ = BarrierState::kStopped;
    reason_ = reason;
  }

  void fault(BarrierReason reason) {
    state_ = BarrierState::kFault;
    reason_ = reason;
  }

  void arrive(BarrierState state) {
    state_ = state;
    ++movements_;
    displaced_ = false;
  }

  void step(const BarrierInputs& in, std::uint32_t now) {
    switch (state_) {
      case BarrierState::kUnknown:
        state_ = in.open_end ? BarrierState::kOpen : in.closed_end ? BarrierState::kClosed : BarrierState::kStopped;
        break;
      case BarrierState::kClosing:
        if (in.loop || in.beam) {
          move(BarrierState::kOpening, now);
          reason_ = BarrierReason::kObstacle;
          passed_ = true;  // somebody is passing now, and may be gone before the arm is up
        } else if (!in.link) {
          move(BarrierState::kOpening, now);
          reason_ = BarrierReason::kLinkLost;
          passed_ = false;  // whoever comes back decides anew
        } else if (in.closed_end) {
          arrive(BarrierState::kClosed);
        } else {
          watch_travel(in.open_end, now);
        }
        break;
      case BarrierState::kOpening:
        if (in.open_end) {
          arrive(BarrierState::kOpen);
        } else {
          watch_travel(in.closed_end, now);
        }
        break;
      case BarrierState::kOpen:
        watch_end(in.open_end, now);
        if (state_ == BarrierState::kOpen) watch_passage(in, now);
        break;
      case BarrierState::kClosed:
        watch_end(in.closed_end, now);
        break;
      case BarrierState::kStopped:
      case BarrierState::kFault:
        break;
    }
  }

  void watch_travel(bool still_at_start, std::uint32_t now) {
    if (still_at_start && now - since_ > config_.leave_ms) fault(BarrierReason::kDidNotLeave);
    if (now - since_ > config_.max_run_ms) fault(BarrierReason::kTooSlow);
  }

  void watch_end(bool there, std::uint32_t now) {
    if (there) {
      displaced_ = false;
    } else if (!displaced_) {
      displaced_ = true;
      displaced_at_ = now;
    } else if (now - displaced_at_ > config_.force_ms) {
      fault(BarrierReason::kMovedByForce);
    }
  }

  void watch_passage(const BarrierInputs& in, std::uint32_t now) {
    if (in.loop) passed_ = true;
    if (auto_close_ && passed_ && in.link && !fire_open_ && clear_long(now)) {
      move(BarrierState::kClosing, now);
      reason_ = BarrierReason::kNone;
    }
  }

  BarrierConfig config_;
  BarrierState state_ = BarrierState::kUnknown;
  BarrierReason reason_ = BarrierReason::kNone;
  BarrierInputs last_;
  bool auto_close_ = false;
  bool passed_ = false;
  bool fire_open_ = false;
  bool fire_tried_ = false;
  bool cleared_ = false;
  bool displaced_ = false;
  std::uint32_t since_ = 0;
  std::uint32_t clear_at_ = 0;
  std::uint32_t displaced_at_ = 0;
  std::uint32_t movements_ = 0;
};

}  // namespace ronda
