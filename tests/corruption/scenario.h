#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "corruption/programme.h"
#include "corruption/wire.h"
#include "feed/message.h"

namespace corruption {

enum class What : std::uint8_t {
  kNothing,
  // Of the packets of a transport stream, of the messages of RTMP.
  kFlip,      ///< single bits
  kLose,      ///< one in `amount`; 1: all
  kDouble,    ///< one in `amount`
  kReorder,   ///< neighbours, up to `amount` apart
  kGarbage,   ///< bytes that are no media between them
  kScramble,  ///< as if they were encrypted
  // Of what a transport stream says of itself.
  kPids,  ///< other ones from `from` on; `amount` & 1: the video's, & 2: the audio's
  kPmt,   ///< other versions of the same program, in another order
  // Of the encoder.
  kFormat,     ///< another programme from `from` on
  kJump,       ///< stamps are off by `amount` from `from` on
  kGlitch,     ///< they are until `until`
  kAudioAway,  ///< `amount`: 1 if the tables say so
  kVideoAway,
  kFast,     ///< what is of this time comes 100 times too fast, and the encoder goes on from there
  kBurst,    ///< it comes 100 times too fast, and the encoder waits until `until`
  kStall,    ///< it comes 100 times too fast when its time is over
  kRestart,  ///< the publisher goes at `from` and comes at `until` with other stamps
  kDropped,  ///< the server gives bytes up
};
inline constexpr What kLastWhat = What::kDropped;

struct Damage {
  What what = What::kNothing;
  base::Micros from = 0;
  base::Micros until = 0;
  std::int64_t amount = 0;  ///< Units: microseconds for stamps
  bool video = true;        ///< whose stamps
  bool audio = true;
};

/// A feed and what happens to it. The same seed makes the same one.
struct Scenario {
  unsigned seed = 0;
  feed::Format format = feed::Format::kMpegTs;
  int programme = 0;
  int next = 0;            ///< that What::kFormat goes to
  std::int64_t stamp = 0;  ///< at the start. Units: 90 kHz
  base::Micros phase = 0;  ///< of the start in the segment grid
  std::vector<Damage> damages;

  bool has(What what) const;
};

std::string describe(const Scenario& scenario);
Scenario make_scenario(unsigned seed);
/// The same with this damage alone.
Scenario make_scenario(unsigned seed, What what);

/// The scenario's feed on its way.
struct Play {
  std::vector<Unit> units;  ///< as sent, with the times at which they are
  std::vector<Sent> sent;
  base::Micros healed = 0;  ///< nothing that is sent from here on is damaged
  base::Micros end = 0;
};
Play make_play(const Scenario& scenario);

}  // namespace corruption
