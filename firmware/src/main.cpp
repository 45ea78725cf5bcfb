// SPDX-License-Identifier: Apache-2.0
// Teensy 4.0: USB serial, two quadrature encoders, two H bridges with PWM and direction. NOT FLASHED, not tried.
#include <Arduino.h>
#include <Encoder.h>
#include <EEPROM.h>

#include <initializer_list>

#include "../lib/ronda/device.hpp"

namespace {

constexpr int kLeftPwm = 5, kLeftDirection = 6, kRightPwm = 9, kRightDirection = 10, kMotorEnable = 11;
constexpr int kEstop = 14, kBumper = 15, kLoop = 16, kBeam = 17, kFire = 18, kOpenEnd = 19, kClosedEnd = 20;
constexpr int kBarrierOpen = 21, kBarrierClose = 22;
constexpr int kFirstRelay = 24;
constexpr int kVoltage = A9, kLeftCurrent = A10, kRightCurrent = A11;
constexpr float kVoltsPerCount = 3.3f / 4095 * 11;  // divider 10:1
constexpr float kAmperesPerCount = 3.3f / 4095 * 10;

Encoder left_encoder(1, 2);
Encoder right_encoder(3, 4);

class TeensyBoard final : public ronda::Board {
 public:
  void begin() {
    Serial.begin(460800);
    analogReadResolution(12);
    // Inputs are closed to ground when inactive (normally closed), so that a broken wire counts as active.
    for (int pin : {kEstop, kBumper, kLoop, kBeam, kFire, kOpenEnd, kClosedEnd}) pinMode(pin, INPUT_PULLUP);
    for (int pin : {kLeftPwm, kLeftDirection, kRightPwm, kRightDirection, kMotorEnable, kBarrierOpen, kBarrierClose}) {
      pinMode(pin, OUTPUT);
      digitalWrite(pin, LOW);
    }
    for (int i = 0; i < ronda::kRelays; ++i) pinMode(kFirstRelay + i, OUTPUT);
    // A counter of starts tells one life of the device from the next.
    EEPROM.get(0, boots_);
    EEPROM.put(0, ++boots_);
  }

  std::uint32_t millis() override { return ::millis(); }

  ronda::Sensors read() override {
    ronda::Sensors out;
    out.left_ticks = static_cast<std::int32_t>(left_encoder.read());
    out.right_ticks = static_cast<std::int32_t>(right_encoder.read());
    out.left_current = measured(kLeftCurrent) * kAmperesPerCount;
    out.right_current = measured(kRightCurrent) * kAmperesPerCount;
    out.voltage = measured(kVoltage) * kVoltsPerCount;
    out.temperature = tempmonGetTemp();
    out.estop = digitalRead(kEstop) == HIGH;
    out.bumper = digitalRead(kBumper) == HIGH;
    out.loop = digitalRead(kLoop) == HIGH;
    out.beam = digitalRead(kBeam) == HIGH;
    out.fire = digitalRead(kFire) == HIGH;
    out.open_end = digitalRead(kOpenEnd) == HIGH;
    out.closed_end = digitalRead(kClosedEnd) == HIGH;
    return out;
  }

  void motors(float left, float right, bool powered) override {
    digitalWrite(kMotorEnable, powered ? HIGH : LOW);
    drive(kLeftPwm, kLeftDirection, powered ? left : 0);
    drive(kRightPwm, kRightDirection, powered ? right : 0);
  }

  void barrier(int direction) override {
    digitalWrite(kBarrierOpen, direction > 0 ? HIGH : LOW);
    digitalWrite(kBarrierClose, direction < 0 ? HIGH : LOW);
  }

  void relays(std::uint8_t mask) override {
    for (int i = 0; i < ronda::kRelays; ++i) digitalWrite(kFirstRelay + i, mask >> i & 1 ? HIGH : LOW);
  }

  void send(const std::uint8_t* data, std::size_t size) override {
    // Never wait for a host that does not read: the control loop comes first.
    if (Serial.availableForWrite() >= static_cast<int>(size)) Serial.write(data, size);
  }

  std::uint32_t boot_id() override { return boots_; }
  const char* name() override { return "teensy40"; }

 private:
  static float measured(int pin) { return static_cast<float>(analogRead(pin)); }

  static void drive(int pwm, int direction, float duty) {
    digitalWrite(direction, duty < 0 ? HIGH : LOW);
    analogWrite(pwm, static_cast<int>((duty < 0 ? -duty : duty) * 255));
  }

  std::uint32_t boots_ = 0;
};

TeensyBoard board;
ronda::Device* device = nullptr;

}  // namespace

void setup() {
  board.begin();
  static ronda::Device instance(board);  // after begin(): it asks for the boot number
  device = &instance;
}

void loop() {
  std::uint8_t bytes[64];
  while (Serial.available() > 0) {
    const std::size_t size = Serial.readBytes(reinterpret_cast<char*>(bytes), min(Serial.available(), 64));
    device->receive(bytes, size);
  }
  static std::uint32_t ticked = 0;
  if (millis() - ticked >= 10) {
    ticked = millis();
    device->tick();
  }
}
