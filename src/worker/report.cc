#include <time.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "align/code_clock.h"
#include "base/log.h"
#include "job/teletext_page.h"
#include "job/time_code.h"
#include "worker/production.h"

namespace worker {
namespace {

template <typename T>
void put(job::Stats::Number& number, T value) {
  number.store(static_cast<std::uint64_t>(value), std::memory_order_relaxed);
}

void put_video(job::FeedStats& stats, const media::Track& video) {
  put(stats.codec_plus_one, static_cast<int>(video.codec) + 1);
  put(stats.width, video.video.width);
  put(stats.height, video.video.height);
  put(stats.rate_num, video.video.frame_rate.num);
  put(stats.rate_den, video.video.frame_rate.den);
}

void put_audio(job::FeedStats& stats, const media::Track& audio) {
  put(stats.audio_codec_plus_one, static_cast<int>(audio.codec) + 1);
  put(stats.sample_rate, audio.audio.sample_rate);
  put(stats.channels, audio.audio.channels);
}

/// As the decoder configuration has them: general_profile_idc, tier or constraints, and level. Spec: [ISO 14496-15
/// 5.3.3.1, 8.3.3.1]
std::uint64_t profile_of(const media::Track& video) {
  const base::View config = video.config.view();
  const auto pack = [](unsigned profile, unsigned flags, unsigned level) {
    return std::uint64_t{profile} << 16 | std::uint64_t{flags} << 8 | level;
  };
  if (video.codec == media::Codec::kH264 && config.size() >= 4) return pack(config[1], config[2], config[3]);
  if (video.codec == media::Codec::kHevc && config.size() >= 13)
    return pack(config[1] & 0x1fU, config[1] >> 5 & 1U, config[12]);
  return 0;
}

std::uint64_t packed_language(const media::Track& audio) {
  const std::string& text = audio.language;
  if (text.size() != 3 || !std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; })) return 0;
  return std::uint64_t{static_cast<unsigned char>(text[0])} << 16 |
         std::uint64_t{static_cast<unsigned char>(text[1])} << 8 | static_cast<unsigned char>(text[2]);
}

void put_meter(job::MakeStats& stats, const FeedMeter& meter) {
  put(stats.pictures, meter.pictures());
  put(stats.played_us, meter.played());
  put(stats.key_frames, meter.key_frames());
  put(stats.open_key_frames, meter.open_key_frames());
  put(stats.gop_us, meter.gop());
  put(stats.since_key_us, meter.since_key());
  const FeedMeter::Pace pace = meter.pace().value_or(FeedMeter::Pace{});
  put(stats.pace_zero_us, pace.zero);
  put(stats.jitter_us, pace.jitter);
  put(stats.paced, meter.pace() ? 1 : 0);
  put(stats.sound_behind_us, meter.sound_behind().value_or(0));
  put(stats.paired, meter.sound_behind() ? 1 : 0);
}

/// What its first video and its first audio track are.
void put_make(job::MakeStats& stats, const Feed& feed) {
  const media::Track* video = feed.video();
  put(stats.profile, video == nullptr ? 0 : profile_of(*video));
  put(stats.bit_depth, video == nullptr ? 0 : video->video.bit_depth);
  put(stats.interlaced, video != nullptr && video->video.interlaced ? 1 : 0);
  std::uint64_t tracks = 0;
  std::uint64_t language = 0;
  for (const media::Track& track : feed.tracks()) {
    if (track.kind() != media::Kind::kAudio) continue;
    if (tracks == 0) language = packed_language(track);
    ++tracks;
  }
  put(stats.audio_tracks, tracks);
  put(stats.language, language);
  put_meter(stats, feed.input().meter());
}

void add_transport(FeedCounts& counts, const ts::Counters& ts) {
  counts.ts_sync_losses = ts.sync_losses;
  counts.ts_continuity_errors = ts.cc_gaps;
  counts.ts_scrambled = ts.scrambled;
  counts.ts_transport_errors = ts.transport_errors;
  counts.ts_untimed = ts.untimed;
  counts.teletext = ts.teletext;
  counts.teletext_damaged = ts.teletext_damaged;
  for (const auto& [type, packets] : ts.unsupported) counts.ts_unsupported += packets;
  counts.ts_damaged_units = ts.pes_damaged + ts.pes_oversized + ts.crc_errors + ts.bad_sections + ts.frames_bad;
}

FeedCounts counts_of(const Feed& feed) {
  FeedCounts counts;
  counts.video_packets = feed.video_packets();
  counts.audio_packets = feed.audio_packets();
  if (const ts::Counters* ts = feed.input().transport()) add_transport(counts, *ts);
  const timeline::Timeline::Counters& timeline = feed.input().timeline();
  counts.timeline_anchors = timeline.reanchors;
  counts.timeline_restamped = timeline.restamped;
  counts.cues = timeline.cues;
  counts.caption_pictures = feed.caption_finder().pictures();
  counts.bad_cues = feed.input().bad_cues();
  counts.texts = feed.input().texts().taken;
  counts.bad_texts = feed.input().texts().bad;
  counts.timeline_dropped = timeline.dropped_before_anchor + timeline.dropped_overlap + timeline.dropped_overflow;
  return counts;
}

void put_counts(job::FeedStats& stats, const FeedCounts& counts) {
  put(stats.video_packets, counts.video_packets);
  put(stats.audio_packets, counts.audio_packets);
  put(stats.ts_sync_losses, counts.ts_sync_losses);
  put(stats.ts_continuity_errors, counts.ts_continuity_errors);
  put(stats.ts_scrambled, counts.ts_scrambled);
  put(stats.ts_transport_errors, counts.ts_transport_errors);
  put(stats.ts_untimed, counts.ts_untimed);
  put(stats.ts_unsupported, counts.ts_unsupported);
  put(stats.ts_damaged_units, counts.ts_damaged_units);
  put(stats.timeline_anchors, counts.timeline_anchors);
  put(stats.timeline_restamped, counts.timeline_restamped);
  put(stats.timeline_dropped, counts.timeline_dropped);
  put(stats.cues, counts.cues);
  put(stats.caption_pictures, counts.caption_pictures);
  put(stats.bad_cues, counts.bad_cues);
  put(stats.teletext, counts.teletext);
  put(stats.teletext_damaged, counts.teletext_damaged);
  put(stats.texts, counts.texts);
  put(stats.bad_texts, counts.bad_texts);
}

void put_health(job::FeedStats& stats, const transcode::PictureHealth::Report& health) {
  const base::Micros newest = health.newest.value_or(0);
  put(stats.watched_us, newest - health.first.value_or(newest));
  put(stats.black_us, newest - health.black_since.value_or(newest));
  put(stats.frozen_us, newest - health.frozen_since.value_or(newest));
}

void put_loudness(job::LoudnessStats& stats, const loudness::Reading& reading) {
  put(stats.momentary, job::number_of(reading.momentary));
  put(stats.short_term, job::number_of(reading.short_term));
  put(stats.integrated, job::number_of(reading.integrated));
  put(stats.range, job::number_of(reading.range));
  put(stats.true_peak, job::number_of(reading.true_peak));
}

/// `sounds`: something comes to be encoded.
void put_rendition(job::AudioStats& stats, const AudioLane& lane, bool sounds) {
  if (lane.transcoder() == nullptr || lane.copies()) return;
  loudness::Reading reading = lane.transcoder()->loudness();
  if (!sounds || !lane.active()) reading.momentary = reading.short_term = std::nullopt;
  put_loudness(stats.loudness, reading);
  const auto normalised = lane.transcoder()->normalised();
  if (!normalised) return;
  put(stats.gain, job::number_of(normalised->gain));
  put(stats.reduction, job::number_of(normalised->reduction));
  put(stats.limited_us, normalised->limited);
}

/// Of a feed that is gone nothing is so.
void put_watches(job::FeedStats& stats, const Feed& feed) {
  const bool there = feed.input().running();
  put(stats.ts_errors_now, there ? feed.transport().errors() : 0);
  put(stats.scrambled_us, there ? feed.transport().scrambled_for() : 0);
  put(stats.frame_rate, there ? feed.rate().rate() : 0);
  put(stats.usual_frame_rate, there ? feed.rate().usual() : 0);
  put(stats.delay_us, there ? feed.delay() : 0);
  put(stats.low_rate_us, there ? feed.rate().low_for() : 0);
}

void put_services(const captions::ServiceSet& services, job::Number& line21, job::Number& digital) {
  const captions::ServiceSet first((std::uint64_t{1} << captions::Service::kLine21) - 1);
  put(line21, (services & first).to_ullong());
  put(digital, (services >> captions::Service::kLine21).to_ullong());
}

void put_captions(job::FeedStats& stats, const Feed& feed) {
  static_assert(job::kCaptionServices == captions::Service::kAll);
  const captions::Finder& finder = feed.caption_finder();
  put_services(finder.found(), stats.line21_captions, stats.digital_captions);
  captions::ServiceSet announced;
  std::array<std::uint64_t, captions::Service::kAll> languages{};
  for (const media::Caption& caption : feed.input().announced_captions()) {
    const auto service = captions::Service::parse(caption.service);
    if (!service) continue;
    announced.set(service->index());
    languages[service->index()] = job::language_bits(caption.language);
  }
  put_services(announced, stats.line21_announced, stats.digital_announced);
  for (std::size_t i = 0; i < stats.caption_text_us.size(); ++i) {
    put(stats.caption_languages[i], languages[i]);
    put(stats.caption_text_us[i], finder.last_text(captions::Service::at(i)));
  }
}

captions::ServiceSet services_of(const media::Captions& captions) {
  captions::ServiceSet services;
  for (const media::Caption& caption : captions.services) {
    if (const auto service = captions::Service::parse(caption.service)) services.set(service->index());
  }
  return services;
}

void put_teletext(job::FeedStats& stats, const FeedInput& input) {
  const media::TeletextPages pages = input.teletext_pages();
  for (std::size_t i = 0; i < stats.teletext_pages.size(); ++i)
    put(stats.teletext_pages[i], i < pages.size() ? job::packed(pages[i]) : 0);
  put(stats.bitmap_subtitles, input.bitmap_subtitles());
}

/// Of a feed that is gone nothing is known.
void put_time_code(job::FeedStats& stats, const FeedInput& input) {
  const FeedTimeCode& code = input.time_code();
  const bool there = input.running() && code.newest();
  put(stats.time_code, there ? job::packed(*code.newest()) : 0);
  const auto origin = code.origin();
  const auto clock = input.clock();
  const bool runs = there && origin && clock;
  put(stats.time_code_offset_us, runs ? align::day_distance(*clock, *origin) : 0);
  put(stats.time_code_runs, runs ? 1 : 0);
}

void put_feed(job::FeedStats& stats, const Feed& feed) {
  if (feed.video() != nullptr) put_video(stats, *feed.video());
  if (feed.video() == nullptr) put(stats.codec_plus_one, 0);
  const auto& tracks = feed.tracks();
  const auto audio = std::find_if(tracks.begin(), tracks.end(),
                                  [](const media::Track& track) { return track.kind() == media::Kind::kAudio; });
  if (audio != tracks.end()) put_audio(stats, *audio);
  put_make(stats.make, feed);
  put_watches(stats, feed);
  put(stats.clock_us, feed.input().clock().value_or(0));
  put_time_code(stats, feed.input());
  put(stats.anchored, static_cast<std::uint64_t>(feed.input().anchored()));
  put(stats.clock_ask_zero_us, feed.input().clock_ask().zero);
  stats.clock_ask.store(feed.input().clock_ask().id, std::memory_order_release);
  put_captions(stats, feed);
  put_teletext(stats, feed.input());
}

void put_ladder(job::Stats& stats, const VideoLane::Counters& ladder) {
  put(stats.decoded_frames, ladder.decoding.decoded);
  put(stats.decode_errors, ladder.decoding.decode_errors);
  put(stats.dropped_packets, ladder.decoding.dropped_packets);
  put(stats.dropped_frames, ladder.dropped_frames + ladder.late_frames);
  put(stats.duplicated_frames, ladder.decoding.duplicated);
  put(stats.held_frames, ladder.held_frames);
  put(stats.slates, ladder.slates);
  put(stats.slate_frames, ladder.slate_frames);
  put(stats.slate, ladder.slate ? 1 : 0);
  put(stats.overlay_frames, ladder.overlay_frames);
  put(stats.overlay_faults, ladder.overlay_faults);
  put(stats.encode_lag_us, ladder.decoding.lag);
  std::uint64_t encoded = 0;
  std::uint64_t left_out = 0;
  base::Micros delay = 0;
  for (const auto& rung : ladder.rungs) {
    encoded += rung.encoded;
    left_out += rung.left_out;
    delay = std::max(delay, rung.max_delay);
  }
  put(stats.encoded_frames, encoded);
  put(stats.encode_delay_us, delay);
  put(stats.left_out_frames, left_out);
  put(stats.economy_level, ladder.economy);
  put(stats.economy_steps, ladder.economy_steps);
}

}  // namespace

void Production::settle(const Feed& feed) { tally_.settle(place_of(feed), feed.id(), counts_of(feed)); }

/// Encoders are to have their work spread, a second feed is looked at all the time, and so is what goes on to one.
base::Micros Production::due() const {
  const bool one = feed(shown_).input().running() && !feed(feed::other(shown_)).input().running();
  if (!one || wanted_ != shown_ || slate_.on || video_.encoded_descriptor() >= 0) return 0;
  if (presentation_.state() != Presentation::State::kCurrent || feed(shown_).delay() > 0) return 0;
  return std::max<base::Micros>(packager_.due().value_or(0), 0);
}

void Production::report(job::Stats& stats) const {
  put(stats.due_us, due());
  stats.heartbeat.fetch_add(1, std::memory_order_relaxed);
  timespec cpu{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0)
    put(stats.cpu_us, cpu.tv_sec * base::kSecond + cpu.tv_nsec / 1000);
  std::uint64_t unplayable = video_.unplayable();
  for (const Feed& feed : feeds_) {
    job::FeedStats& of = stats.feeds[feed::index(feed.id())];
    put_feed(of, feed);
    put_counts(of, tally_.total(place_of(feed), feed.id(), counts_of(feed)));
    put(of.merged, merger_.merged() ? 1 : 0);
    put(of.only_packets, merger_.only(feed::index(feed.id())));
    put(of.no_picture_us, feed.last_picture() > 0 ? std::max<base::Micros>(now_ - feed.last_picture(), 0) : 0);
    const auto decoded = decoded_health(feed);
    put_health(of, decoded.value_or(feed.health()));
    put(of.decoded, decoded ? 1 : 0);
    const bool heard =
        feed.id() == shown_ && !audio_.empty() && audio_.front()->active() && audio_.front()->transcoder() != nullptr;
    // With two feeds both are listened to.
    const FeedSound::Health sound = offset_.sound(feed.id()).health(now_);
    put_loudness(of.loudness, feed.input().running() ? offset_.sound(feed.id()).loudness(now_) : loudness::Reading{});
    put(of.heard_us, sound.heard_for);
    put(of.mute_us, std::max(sound.silent_for, heard ? audio_.front()->transcoder()->silent() : 0));
    unplayable += feed.input().unplayable();
  }
  for (const auto& lane : audio_) unplayable += lane->unplayable();
  const bool sounds = feed(shown_).input().running() && offset_.sound(shown_).sounds(now_);
  for (std::size_t i = 0; i < std::min(audio_.size(), stats.audio.size()); ++i)
    put_rendition(stats.audio[i], *audio_[i], sounds);
  put(stats.unplayable_messages, unplayable);
  if (!audio_.empty() && audio_.front()->transcoder() != nullptr) {
    put(stats.audio_skew_us, std::llabs(audio_.front()->transcoder()->counters().skew));
  }
  const FeedOffset::Known& apart = offset_.known();
  put(stats.alignment, apart.method);
  put(stats.feed_offset_us, apart.offset);
  put(stats.alignment_permille, apart.confidence * 1000);
  const packager::Counters& packaged = packager_.counters();
  put(stats.packager_dropped, packaged.dropped_early + packaged.dropped_late + packaged.dropped_without_key +
                                  packaged.dropped_format + packaged.dropped_overflow);
  put(stats.text_cues, packaged.cues);
  put(stats.text_cues_dropped, packaged.cues_dropped);
  for (std::size_t i = 0; i < stats.text_us.size(); ++i) put(stats.text_us[i], texts_.newest(i));
  put_services(services_of(captions_.listed()), stats.line21_listed, stats.digital_listed);
  put(stats.teletext_lines_bad, texts_.teletext_damaged());
  put(stats.texts_unplaced, texts_.texts_unplaced());
  put(stats.events, packaged.events);
  put(stats.events_dropped, packaged.events_dropped);
  put(stats.cuts_moved, splices_.count(Splices::Outcome::kMoved));
  put(stats.cuts_late, splices_.count(Splices::Outcome::kLate));
  put(stats.cuts_crowded, splices_.count(Splices::Outcome::kCrowded));
  put(stats.log_lines_lost, base::log_lines_lost());
  if (const auto ladder = video_.ladder_counters()) put_ladder(stats, *ladder);
  const govern::Load load = video_.load().value_or(govern::Load{});
  put(stats.overdue_us, load.lag);
  put(stats.lost_pictures, load.lost);
  put(stats.economy_most, video_.most_economy());
}

}  // namespace worker
