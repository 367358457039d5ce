#include <algorithm>
#include <cmath>

#include "facility/judge.h"
#include "facility/wording.h"

namespace facility {
namespace {

// Of packets that had to be sent again.
constexpr double kLossWarn = 0.01;
// ISO/IEC 13818-1 2.4.2.1 allows 30 ppm to the clock of a program.
constexpr double kDriftPass = 30;
constexpr double kDriftWarn = 100;
// What is known no better than that is not known.
constexpr double kDriftError = kDriftPass / 2;

Line judge_srt(const Observation& seen) {
  const std::string wanted = "nothing dropped, less than 1 % sent again";
  const auto& counts = seen.counts;
  const auto received = static_cast<double>(std::max<std::uint64_t>(counts.srt_received.total(), 1));
  const std::uint64_t dropped = counts.srt_dropped.total() + counts.srt_undecrypted.total();
  const double again = static_cast<double>(counts.srt_lost.total()) / received;
  std::string measured = "of " + std::to_string(counts.srt_received.total()) + " packets " +
                         std::to_string(counts.srt_lost.total()) + " lost, " +
                         std::to_string(counts.srt_retransmitted.total()) + " sent again, " +
                         std::to_string(counts.srt_dropped.total()) + " dropped";
  if (counts.srt_undecrypted.total() > 0)
    measured += ", " + std::to_string(counts.srt_undecrypted.total()) + " not decrypted";
  const bool lagged = counts.discarded.total() > 0;
  if (lagged) measured += ", " + std::to_string(counts.discarded.total()) + " bytes discarded by this server";
  const Verdict verdict = dropped > 0 || lagged ? Verdict::kFail : again > kLossWarn ? Verdict::kWarn : Verdict::kPass;
  return judged("network_loss", verdict, std::move(measured), wanted,
                lagged ? "this server was too slow to read it: look at its CPU"
                : dropped > 0
                    ? "give SRT more latency (4 round trips and more), or the uplink more room"
                    : "the uplink loses packets: SRT made up for it, with how much to spare its latency says");
}

Line judge_pulled(const Observation& seen) {
  const std::string wanted = "nothing lost";
  const std::uint64_t lost = seen.counts.rtp_lost.total();
  const std::uint64_t late = seen.counts.datagrams_lost.total();
  std::string measured = counted(seen.counts.datagrams.total(), "datagram");
  if (*seen.pulled == "rtp") measured += ", " + std::to_string(lost) + " missing by their numbers";
  measured += ", " + std::to_string(late) + " lost by this server";
  return judged("network_loss", lost + late > 0 ? Verdict::kFail : Verdict::kPass, std::move(measured), wanted,
                late > 0 ? "the kernel dropped them because this server lagged: look at its CPU and socket buffers"
                         : "the network loses packets, and nothing makes up for it: use SRT, or mend the network");
}

Line judge_loss(const Observation& seen) {
  if (seen.srt) return judge_srt(seen);
  if (seen.pulled) return judge_pulled(seen);
  return unmeasured("network_loss", "RTMP is on TCP, which repeats what is lost: see jitter", "-");
}

Line judge_stream(const Observation& seen) {
  const std::string wanted = "none";
  if (!seen.transport) return unmeasured("stream_errors", "it is no transport stream", wanted);
  const auto& counts = seen.counts;
  const std::uint64_t errors =
      counts.continuity.total() + counts.sync_losses.total() + counts.damaged.total() + counts.transport_errors.total();
  const std::string measured = errors == 0 ? "none"
                                           : "continuity " + std::to_string(counts.continuity.total()) + ", sync " +
                                                 std::to_string(counts.sync_losses.total()) + ", damaged units " +
                                                 std::to_string(counts.damaged.total()) + ", marked broken " +
                                                 std::to_string(counts.transport_errors.total());
  return judged("stream_errors", errors > 0 ? Verdict::kFail : Verdict::kPass, measured, wanted,
                "bytes were lost before or on the way here: viewers see blocks; look at every link before this server");
}

Line judge_bitrate(const Observation& seen) {
  const std::string wanted = "some";
  if (!seen.bitrate.most) return unmeasured("bitrate", "the check was too short", wanted);
  const double mean = static_cast<double>(seen.counts.bytes.total()) * 8 * base::kSecond /
                      static_cast<double>(std::max<base::Micros>(seen.lasted, 1));
  constexpr double kMega = 1e6;
  return judged("bitrate", mean > 0 ? Verdict::kPass : Verdict::kFail,
                decimal(mean / kMega, 2) + " Mbit/s, " + decimal(*seen.bitrate.least / kMega, 2) + " to " +
                    decimal(*seen.bitrate.most / kMega, 2) + " in a second",
                wanted, "nothing comes");
}

Line judge_jitter(const Observation& seen, const Wanted& wanted) {
  const double part = static_cast<double>(wanted.part) / base::kMillisecond;
  const double segment = static_cast<double>(wanted.segment) / base::kMillisecond;
  const std::string text = "at most " + in_milliseconds(part) + ", a part";
  if (!seen.jitter.most) return unmeasured("jitter", "nothing came for a second", text);
  return judged("jitter", by_limits(*seen.jitter.most, part, segment), in_milliseconds(*seen.jitter.most), text,
                "media comes in bursts, and parts wait for it: look at the uplink, and at the encoder's buffer");
}

Line judge_drift(const Observation& seen) {
  const std::string text = "at most " + decimal(kDriftPass, 0) + " ppm";
  const std::optional<Trend::Slope> slope = seen.pace.slope();
  if (!slope) return unmeasured("clock_drift", "too little came since its time stamps began", text);
  const double error = 2 * slope->error;
  if (error > kDriftError)
    return unmeasured("clock_drift",
                      "known to " + decimal(error, 0) + " ppm after " +
                          in_seconds(static_cast<double>(seen.lasted) / base::kSecond) + ": check for longer",
                      text);
  // Stamps of a clock that is fast run ahead of their arrivals.
  const double drift = -slope->value;
  return judged(
      "clock_drift", by_limits(std::max(0.0, std::abs(drift) - error), kDriftPass, kDriftWarn),
      decimal(std::abs(drift), 1) + " ppm " + (drift >= 0 ? "fast" : "slow") + ", known to " + decimal(error, 1), text,
      "its clock leaves this server's: over hours sound is stretched and the timeline set anew; lock "
      "the encoder to its source, and look at NTP here");
}

Line judge_stamps(const Observation& seen) {
  const std::string wanted = "none";
  const auto& counts = seen.counts;
  const std::uint64_t jumps = counts.jumps.total();
  const std::uint64_t repaired = counts.restamped.total() + counts.timeline_dropped.total();
  const std::string measured = jumps + repaired == 0
                                   ? "none"
                                   : counted(jumps, "jump") + ", " + std::to_string(counts.restamped.total()) +
                                         " repaired, " + std::to_string(counts.timeline_dropped.total()) + " left out";
  const Verdict verdict = jumps > 0 ? Verdict::kFail : repaired > 0 ? Verdict::kWarn : Verdict::kPass;
  return judged("time_stamps", verdict, measured, wanted,
                "time stamps jump: look for a looping source, a splice, or an encoder that starts anew");
}

}  // namespace

std::vector<Line> judge_arrival(const Observation& seen, const Wanted& wanted) {
  return {judge_loss(seen),           judge_stream(seen), judge_bitrate(seen),
          judge_jitter(seen, wanted), judge_drift(seen),  judge_stamps(seen)};
}

}  // namespace facility
