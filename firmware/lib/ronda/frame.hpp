// SPDX-License-Identifier: Apache-2.0
// Frames: COBS(version, type, sequence, payload, CRC-32) and a zero byte. See docs/serial-protocol.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "crc32.hpp"

namespace ronda {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kMaxPayload = 200;
constexpr std::size_t kHeader = 4;
constexpr std::size_t kMaxBody = kHeader + kMaxPayload + 4;
constexpr std::size_t kMaxEncoded = kMaxBody + 1;  // without the delimiter

struct Frame {
  std::uint8_t version = kVersion;
  std::uint8_t type = 0;
  std::uint16_t sequence = 0;
  std::uint8_t size = 0;
  std::uint8_t payload[kMaxPayload] = {};
};

// Undoes COBS in place of `out` (room for `size` bytes). Returns the length, or 0 when `data` is not COBS.
inline std::size_t cobs_decode(const std::uint8_t* data, std::size_t size, std::uint8_t* out) {
  std::size_t read = 0;
  std::size_t written = 0;
  while (read < size) {
    const std::uint8_t code = data[read++];
    if (code == 0 || read + code - 1u > size) return 0;
    for (std::uint8_t i = 1; i < code; ++i) {
      if (data[read] == 0) return 0;
      out[written++] = data[read++];
    }
    if (code != 0xff && read < size) out[written++] = 0;
  }
  return written;
}

// Room for size + size / 254 + 1 bytes in `out`. Returns the length.
inline std::size_t cobs_encode(const std::uint8_t* data, std::size_t size, std::uint8_t* out) {
  std::size_t code_at = 0;
  std::size_t written = 1;
  std::uint8_t code = 1;
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] != 0) {
      out[written++] = data[i];
      ++code;
    }
    if (data[i] == 0 || code == 0xff) {
      out[code_at] = code;
      code_at = written++;
      code = 1;
    }
  }
  out[code_at] = code;
  return written;
}

// `encoded` has no delimiter. Returns false when it is no undamaged frame.
inline bool decode(const std::uint8_t* encoded, std::size_t size, Frame& frame) {
  if (size > kMaxEncoded) return false;
  std::uint8_t body[kMaxEncoded];
  const std::size_t length = cobs_decode(encoded, size, body);
  if (length < kHeader + 4 || length > kMaxBody) return false;
  const std::size_t covered = length - 4;
  std::uint32_t expected = 0;
  for (int i = 0; i < 4; ++i) expected |= static_cast<std::uint32_t>(body[covered + i]) << (8 * i);
  if (crc32(body, covered) != expected) return false;
  frame.version = body[0];
  frame.type = body[1];
  frame.sequence = static_cast<std::uint16_t>(body[2] | body[3] << 8);
  frame.size = static_cast<std::uint8_t>(covered - kHeader);
  std::memcpy(frame.payload, body + kHeader, frame.size);
  return true;
}

// Room for kMaxEncoded + 1 bytes in `out`. Returns the length with the delimiter.
inline std::size_t encode(const Frame& frame, std::uint8_t* out) {
  std::uint8_t body[kMaxBody];
  body[0] = frame.version;
  body[1] = frame.type;
  body[2] = static_cast<std::uint8_t>(frame.sequence);
  body[3] = static_cast<std::uint8_t>(frame.sequence >> 8);
  std::memcpy(body + kHeader, frame.payload, frame.size);
  const std::size_t covered = kHeader + frame.size;
  const std::uint32_t crc = crc32(body, covered);
  for (int i = 0; i < 4; ++i) body[covered + i] = static_cast<std::uint8_t>(crc >> (8 * i));
  const std::size_t length = cobs_encode(body, covered + 4, out);
  out[length] = 0;
  return length + 1;
}

// Finds frames in a stream of bytes; memory for one frame.
class Reader {
 public:
  // Takes one byte; true when it completed an undamaged frame, which is then in `frame`.
  bool feed(std::uint8_t byte, Frame& frame) {
    if (byte != 0) {
      if (length_ < kMaxEncoded) {
        buffer_[length_++] = byte;
      } else {
        skipping_ = true;  // longer than any frame: a delimiter was lost
      }
      return false;
    }
    const bool usable = !skipping_ && length_ > 0;
    const std::size_t length = length_;
    if (skipping_) ++damaged_;
    length_ = 0;
    skipping_ = false;
    if (!usable) return false;
    if (decode(buffer_, length, frame)) return true;
    ++damaged_;
    return false;
  }

  std::uint32_t damaged() const { return damaged_; }

 private:
  std::uint8_t buffer_[kMaxEncoded] = {};
  std::size_t length_ = 0;
  std::uint32_t damaged_ = 0;
  bool skipping_ = false;
};

}  // namespace ronda
