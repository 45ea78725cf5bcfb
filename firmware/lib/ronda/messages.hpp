// SPDX-License-Identifier: Apache-2.0
// Numbers of the protocol, and little-endian packing without alignment or byte-order assumptions.
#pragma once

#include <cstdint>

#include "frame.hpp"

namespace ronda {

enum class Type : std::uint8_t {
  kHello = 0x01,
  kHeartbeat = 0x02,
  kSetpoint = 0x03,
  kCommand = 0x10,
  kWelcome = 0x81,
  kTelemetry = 0x82,
  kAck = 0x83,
  kEcho = 0x84,
};

enum class Code : std::uint8_t {
  kArm = 1,
  kDisarm = 2,
  kClearFault = 3,
  kEstop = 4,
  kEstopReset = 5,
  kRelay = 0x10,
  kBarrierOpen = 0x20,
  kBarrierClose = 0x21,
  kBarrierStop = 0x22,
  kBarrierReset = 0x23,
  kBarrierAutoClose = 0x24,
  kBarrierFire = 0x25,
};

enum class Result : std::uint8_t {
  kDone = 0,
  kWrongSession = 1,
  kUnknown = 2,
  kRefusedState = 3,
  kRefusedEstop = 4,
  kRefusedFault = 5,
  kRefusedMoving = 6,
  kRefusedOccupied = 7,
  kRefusedFire = 8,
  kBadArgument = 9,
};

class Writer {
 public:
  explicit Writer(Frame& frame) : frame_(frame) { frame_.size = 0; }
  Writer& u8(std::uint32_t value) { return put(value, 1); }
  Writer& u16(std::uint32_t value) { return put(value, 2); }
  Writer& u32(std::uint32_t value) { return put(value, 4); }
  Writer& i16(float value) { return put(static_cast<std::uint32_t>(clamped(value, -32768, 32767)), 2); }
  Writer& text(const char* value, std::uint8_t room) {
    for (std::uint8_t i = 0; i < room; ++i) {
      u8(static_cast<std::uint8_t>(*value));
      if (*value != 0) ++value;
    }
    return *this;
  }

 private:
  static std::int32_t clamped(float value, std::int32_t low, std::int32_t high) {
    if (!(value > static_cast<float>(low))) return low;  // also when it is not a number
    if (value > static_cast<float>(high)) return high;
    return static_cast<std::int32_t>(value + (value < 0 ? -0.5f : 0.5f));
  }
  Writer& put(std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes && frame_.size < kMaxPayload; ++i) {
      frame_.payload[frame_.size++] = static_cast<std::uint8_t>(value >> (8 * i));
    }
    return *this;
  }
  Frame& frame_;
};

class PayloadReader {
 public:
  explicit PayloadReader(const Frame& frame) : frame_(frame) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(take(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(take(2)); }
  std::uint32_t u32() { return take(4); }
  std::int16_t i16() { return static_cast<std::int16_t>(u16()); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  bool exact() const { return good_ && at_ == frame_.size; }

 private:
  std::uint32_t take(int bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i) {
      if (at_ >= frame_.size) {
        good_ = false;
        return 0;
      }
      value |= static_cast<std::uint32_t>(frame_.payload[at_++]) << (8 * i);
    }
    return value;
  }
  const Frame& frame_;
  std::uint8_t at_ = 0;
  bool good_ = true;
};

}  // namespace ronda
