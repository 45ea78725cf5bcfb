// SPDX-License-Identifier: Apache-2.0
// The whole device: sessions, acknowledged commands, telemetry, and the parts that they reach.
#pragma once

#include <cstddef>
#include <cstdint>

#include "barrier.hpp"
#include "board.hpp"
#include "drive.hpp"
#include "frame.hpp"
#include "messages.hpp"

namespace ronda {

constexpr std::uint8_t kFirmware[3] = {1, 1, 1};
constexpr std::uint8_t kRelays = 8;

class Device {
 public:
  explicit Device(Board& board) : board_(board), boot_id_(board.boot_id()) {}

  void receive(const std::uint8_t* data, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      if (reader_.feed(data[i], in_)) handle(in_);
    }
  }

  // To be called every 10 ms or so; measures the real distance between calls itself.
  void tick() {
    const std::uint32_t now = board_.millis();
    const std::uint32_t elapsed = now - ticked_at_;
    if (elapsed < kPeriodMs) return;
    ticked_at_ = now;
    sensors_ = board_.read();
    if (link_ && now - link_at_ > kLinkMs) link_ = false;
    if (board_.has_drive()) {
      const float dt = static_cast<float>(elapsed < 100 ? elapsed : 100) / 1000.0f;
      drive_.update(sensors_, now, dt, board_);
    }
    if (board_.has_barrier()) {
      const BarrierInputs in{sensors_.open_end,           sensors_.closed_end, sensors_.loop, sensors_.beam,
                             sensors_.fire || told_fire_, sensors_.estop,      link_};
      board_.barrier(barrier_.update(in, now));
    }
    update_pulses(now);
    if (now - telemetry_at_ >= kTelemetryMs) {
      telemetry_at_ = now;
      send_telemetry(now);
    }
  }

  const Drive& drive() const { return drive_; }
  const Barrier& barrier() const { return barrier_; }

 private:
  // Over a shorter time a single tick of an encoder would look like a speed: 1 ms makes one 0.28 m/s.
  static constexpr std::uint32_t kPeriodMs = 5;
  static constexpr std::uint32_t kLinkMs = 500;
  static constexpr std::uint32_t kTelemetryMs = 20;
  static constexpr std::uint8_t kRemembered = 16;

  struct Done {
    std::uint16_t sequence = 0;
    Result result = Result::kDone;
    bool used = false;
  };

  void handle(const Frame& frame) {
    const auto type = static_cast<Type>(frame.type);
    if (type == Type::kHello) {
      hello(frame);  // answered in any version, so that a host can tell which one this is
      return;
    }
    if (frame.version != kVersion) return;
    PayloadReader in(frame);
    const std::uint32_t session = in.u32();
    if (type == Type::kCommand) {
      command(frame, session, in);
      return;
    }
    if (session == 0 || session != session_) return;
    if (type == Type::kSetpoint) {
      const float left = static_cast<float>(in.i16()) / 1000.0f;
      const float right = static_cast<float>(in.i16()) / 1000.0f;
      if (!in.exact()) return;
      alive();
      drive_.setpoint(left, right, board_.millis());
    } else if (type == Type::kHeartbeat) {
      const std::uint32_t time = in.u32();
      if (!in.exact()) return;
      alive();
      begin(Type::kEcho, frame.sequence);
      Writer(out_).u32(session).u32(time);
      send();
    }
  }

  void hello(const Frame& frame) {
    PayloadReader in(frame);
    const std::uint32_t session = in.u32();
    if (!in.exact() || session == 0) return;
    if (frame.version == kVersion && session != session_) {
      // Another run of the host: nothing of the old one counts any more.
      session_ = session;
      drive_.disarm();
      for (auto& done : done_) done.used = false;
    }
    alive();
    begin(Type::kWelcome, frame.sequence);
    const std::uint8_t flags = static_cast<std::uint8_t>((board_.has_drive() ? 1 : 0) | (board_.has_barrier() ? 2 : 0));
    Writer(out_)
        .u32(session_)
        .u32(boot_id_)
        .u8(kFirmware[0])
        .u8(kFirmware[1])
        .u8(kFirmware[2])
        .text(board_.name(), 12)
        .u32(static_cast<std::uint32_t>(drive_.ticks_per_metre() * 1000.0f))
        .u16(drive_.watchdog_ms())
        .u8(kRelays)
        .u8(flags);
    send();
  }

  void command(const Frame& frame, std::uint32_t session, PayloadReader& in) {
    const auto code = static_cast<Code>(in.u8());
    const std::uint8_t index = in.u8();
    const std::int32_t value = in.i32();
    if (!in.exact()) return;
    if (session == 0 || session != session_) {
      acknowledge(frame.sequence, Result::kWrongSession);
      return;
    }
    alive();
    for (const auto& done : done_) {
      if (done.used && done.sequence == frame.sequence) {
        acknowledge(frame.sequence, done.result);  // the answer got lost, the deed did not
        return;
      }
    }
    const Result result = act(code, index, value);
    done_[next_done_] = Done{frame.sequence, result, true};
    next_done_ = static_cast<std::uint8_t>((next_done_ + 1) % kRemembered);
    acknowledge(frame.sequence, result);
  }

  Result act(Code code, std::uint8_t index, std::int32_t value) {
    const std::uint32_t now = board_.millis();
    const auto number = static_cast<std::uint8_t>(code);
    if (number < 0x10 && !board_.has_drive()) return Result::kUnknown;
    if (number >= 0x20 && !board_.has_barrier()) return Result::kUnknown;
    switch (code) {
      case Code::kArm:
        return drive_.arm(now);
      case Code::kDisarm:
        drive_.disarm();
        return Result::kDone;
      case Code::kClearFault:
        return drive_.clear_fault();
      case Code::kEstop:
        drive_.estop();
        return Result::kDone;
      case Code::kEstopReset:
        return drive_.reset_estop(sensors_);
      case Code::kRelay:
        return relay(index, value, now);
      case Code::kBarrierOpen:
        return barrier_.open(now);
      case Code::kBarrierClose:
        return barrier_.close(now, value == 1);
      case Code::kBarrierStop:
        return barrier_.stop();
      case Code::kBarrierReset:
        return barrier_.reset();
      case Code::kBarrierAutoClose:
        barrier_.auto_close(value != 0);
        return Result::kDone;
      case Code::kBarrierFire:
        if (value < 0 || value > 2) return Result::kBadArgument;
        told_fire_ = value == 1;  // of any session: an alarm ends when somebody says so, not when a host restarts
        if (value != 0) barrier_.hold_open();
        return Result::kDone;
    }
    return Result::kUnknown;
  }

  // value: 0 opens the contact, -1 closes it, more than 0 closes it for so many milliseconds.
  Result relay(std::uint8_t index, std::int32_t value, std::uint32_t now) {
    if (index >= kRelays || value < -1 || value > 60000) return Result::kBadArgument;
    const auto bit = static_cast<std::uint8_t>(1u << index);
    relays_ = static_cast<std::uint8_t>(value == 0 ? relays_ & ~bit : relays_ | bit);
    pulse_ms_[index] = value > 0 ? static_cast<std::uint16_t>(value) : 0;
    pulse_at_[index] = now;
    board_.relays(relays_);
    return Result::kDone;
  }

  void update_pulses(std::uint32_t now) {
    for (std::uint8_t i = 0; i < kRelays; ++i) {
      if (pulse_ms_[i] != 0 && now - pulse_at_[i] >= pulse_ms_[i]) relay(i, 0, now);
    }
  }

  void send_telemetry(std::uint32_t now) {
    begin(Type::kTelemetry, telemetry_sequence_++);
    const std::uint32_t age = drive_.age(now);
    const std::uint8_t inputs = static_cast<std::uint8_t>(
        sensors_.bumper | sensors_.estop << 1 | sensors_.loop << 2 | sensors_.beam << 3 |
        (sensors_.fire || told_fire_) << 4 |
        sensors_.open_end << 5 | sensors_.closed_end << 6);
    Writer(out_)
        .u32(session_)
        .u32(boot_id_)
        .u32(now)
        .u32(static_cast<std::uint32_t>(sensors_.left_ticks))
        .u32(static_cast<std::uint32_t>(sensors_.right_ticks))
        .i16(drive_.left().speed() * 1000)
        .i16(drive_.right().speed() * 1000)
        .i16(sensors_.left_current * 1000)
        .i16(sensors_.right_current * 1000)
        .u16(static_cast<std::uint32_t>(Wheel::clamp(sensors_.voltage, 0, 65) * 1000))
        .i16(sensors_.temperature * 10)
        .u8(static_cast<std::uint8_t>(drive_.mode()))
        .u8(inputs)
        .u16(drive_.faults())
        .u16(age < 0xffff ? age : 0xffff)
        .u8(relays_)
        .u8(static_cast<std::uint8_t>(barrier_.state()))
        .u8(static_cast<std::uint8_t>(barrier_.reason()))
        .u8(barrier_.fire_open() ? 1 : 0)
        .u32(barrier_.movements());
    send();
  }

  void alive() {
    link_ = true;
    link_at_ = board_.millis();
  }

  void acknowledge(std::uint16_t sequence, Result result) {
    begin(Type::kAck, sequence);
    Writer(out_).u8(static_cast<std::uint8_t>(result));
    send();
  }

  void begin(Type type, std::uint16_t sequence) {
    out_.version = kVersion;
    out_.type = static_cast<std::uint8_t>(type);
    out_.sequence = sequence;
  }

  void send() {
    std::uint8_t bytes[kMaxEncoded + 1];
    board_.send(bytes, encode(out_, bytes));
  }

  Board& board_;
  Reader reader_;
  Frame in_;
  Frame out_;
  Drive drive_;
  Barrier barrier_;
  Sensors sensors_;
  Done done_[kRemembered];
  std::uint8_t next_done_ = 0;
  std::uint32_t boot_id_;
  std::uint32_t session_ = 0;
  std::uint32_t ticked_at_ = 0;
  std::uint32_t telemetry_at_ = 0;
  std::uint32_t link_at_ = 0;
  bool link_ = false;
  bool told_fire_ = false;
  std::uint16_t telemetry_sequence_ = 0;
  std::uint8_t relays_ = 0;
  std::uint16_t pulse_ms_[kRelays] = {};
  std::uint32_t pulse_at_[kRelays] = {};
};

}  // namespace ronda
