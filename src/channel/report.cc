#include "channel/report.h"

#include <utility>

#include "captions/service.h"
#include "job/teletext_page.h"
#include "job/time_code.h"
#include "media/describe.h"

namespace channel {
namespace {

std::uint64_t read(const job::Stats::Number& number) { return number.load(std::memory_order_relaxed); }

/// Of what a worker wrote, which may be anything.
job::Anchored anchored_of(std::uint64_t number) {
  for (const job::Anchored known : {job::Anchored::kTimeCode, job::Anchored::kPts}) {
    if (number == static_cast<std::uint64_t>(known)) return known;
  }
  return job::Anchored::kArrival;
}

std::string_view codec_name(std::uint64_t codec_plus_one) {
  return media::name_of(static_cast<media::Codec>(codec_plus_one - 1));
}

std::string describe_video(const job::FeedStats& feed) {
  if (read(feed.codec_plus_one) == 0) return {};
  std::string text(codec_name(read(feed.codec_plus_one)));
  text += " " + std::to_string(read(feed.width)) + "x" + std::to_string(read(feed.height));
  if (read(feed.rate_num) != 0) {
    text += " " + std::to_string(read(feed.rate_num));
    if (read(feed.rate_den) != 1) text += "/" + std::to_string(read(feed.rate_den));
    text += " frames/s";
  }
  return text;
}

std::string describe_audio(const job::FeedStats& feed) {
  if (read(feed.audio_codec_plus_one) == 0) return {};
  return std::string(codec_name(read(feed.audio_codec_plus_one))) + " " + std::to_string(read(feed.sample_rate)) +
         " Hz, channels " + std::to_string(read(feed.channels));
}

std::string describe_captions(const job::FeedStats& feed) {
  const captions::ServiceSet found = captions::ServiceSet(read(feed.line21_captions)) |
                                     captions::ServiceSet(read(feed.digital_captions)) << captions::Service::kLine21;
  std::string text;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found.test(i)) text += (text.empty() ? "" : " ") + captions::Service::at(i).instream_id();
  }
  return text;
}

LoudnessReport report_of(const job::LoudnessStats& stats) {
  return {job::level_of(read(stats.momentary)), job::level_of(read(stats.short_term)),
          job::level_of(read(stats.integrated)), job::level_of(read(stats.range)),
          job::level_of(read(stats.true_peak))};
}

void read_feed(FeedReport& report, const job::FeedStats& feed) {
  report.video = describe_video(feed);
  report.audio = describe_audio(feed);
  report.video_packets = read(feed.video_packets);
  report.audio_packets = read(feed.audio_packets);
  report.ts_sync_losses = read(feed.ts_sync_losses);
  report.ts_continuity_errors = read(feed.ts_continuity_errors);
  report.ts_damaged_units = read(feed.ts_damaged_units);
  report.ts_scrambled = read(feed.ts_scrambled);
  report.ts_transport_errors = read(feed.ts_transport_errors);
  report.ts_untimed = read(feed.ts_untimed);
  report.ts_unsupported = read(feed.ts_unsupported);
  report.decoded = read(feed.decoded) > 0;
  report.ts_errors_now = read(feed.ts_errors_now);
  report.frame_rate = read(feed.frame_rate);
  report.usual_frame_rate = read(feed.usual_frame_rate);
  report.delay_us = read(feed.delay_us);
  report.merged = read(feed.merged) > 0;
  report.only_packets = read(feed.only_packets);
  report.cues = read(feed.cues);
  report.bad_cues = read(feed.bad_cues);
  report.captions = describe_captions(feed);
  report.caption_pictures = read(feed.caption_pictures);
  report.loudness = report_of(feed.loudness);
  report.anchored = anchored_of(read(feed.anchored));
  report.time_code = job::time_code_of(read(feed.time_code));
  if (report.time_code && read(feed.time_code_runs) > 0)
    report.time_code_offset = static_cast<base::Micros>(read(feed.time_code_offset_us));
  for (const job::Number& page : feed.teletext_pages) {
    if (const std::uint64_t bits = read(page); bits != 0) report.teletext_pages.push_back(job::unpacked(bits));
  }
  report.teletext = read(feed.teletext);
  report.teletext_damaged = read(feed.teletext_damaged);
  report.texts = read(feed.texts);
  report.bad_texts = read(feed.bad_texts);
  report.bitmap_subtitles = read(feed.bitmap_subtitles);
  report.timeline_anchors = read(feed.timeline_anchors);
  report.timeline_restamped = read(feed.timeline_restamped);
  report.timeline_dropped = read(feed.timeline_dropped);
  report.make = make_of(feed);
}

std::vector<AudioReport> report_of_audio(const job::Stats& stats) {
  std::vector<AudioReport> reports;
  for (std::size_t i = 0; i < stats.audio.size(); ++i) {
    const job::AudioStats& audio = stats.audio[i];
    AudioReport report{.rendition = "a" + std::to_string(i + 1),
                       .loudness = report_of(audio.loudness),
                       .gain = job::level_of(read(audio.gain)),
                       .reduction = job::level_of(read(audio.reduction)),
                       .limited_us = read(audio.limited_us)};
    if (report.loudness.known() || report.reduction) reports.push_back(std::move(report));
  }
  return reports;
}

FeedReport report_of(const FeedSlot& slot, const Options& options) {
  FeedReport report;
  report.used = slot.counters().publishes > 0 || (slot.id() == feed::Id::kBackup && !options.backup_keys.empty());
  report.since = slot.since();
  report.silent = slot.silent();
  report.counters = slot.counters();
  if (!slot.occupied()) return report;
  report.protocol = slot.publisher().protocol;
  report.encoder = slot.publisher().encoder;
  return report;
}

WorkerReport report_of(const Worker& process) {
  const job::Stats& stats = process.stats();
  WorkerReport report;
  report.running = process.started();
  report.pid = process.pid();
  report.unplayable_messages = read(stats.unplayable_messages);
  report.packager_dropped = read(stats.packager_dropped);
  report.text_cues = read(stats.text_cues);
  report.text_cues_dropped = read(stats.text_cues_dropped);
  report.teletext_lines_bad = read(stats.teletext_lines_bad);
  report.texts_unplaced = read(stats.texts_unplaced);
  report.events = read(stats.events);
  report.events_dropped = read(stats.events_dropped);
  report.cuts_moved = read(stats.cuts_moved);
  report.cuts_late = read(stats.cuts_late);
  report.cuts_crowded = read(stats.cuts_crowded);
  report.decoded_frames = read(stats.decoded_frames);
  report.decode_errors = read(stats.decode_errors);
  report.encoded_frames = read(stats.encoded_frames);
  report.dropped_packets = read(stats.dropped_packets);
  report.dropped_frames = read(stats.dropped_frames);
  report.duplicated_frames = read(stats.duplicated_frames);
  report.held_frames = read(stats.held_frames);
  report.log_lines_lost = read(stats.log_lines_lost);
  report.encode_lag_us = read(stats.encode_lag_us);
  report.encode_delay_us = read(stats.encode_delay_us);
  report.audio_skew_us = read(stats.audio_skew_us);
  report.left_out_frames = read(stats.left_out_frames);
  report.economy_level = read(stats.economy_level);
  report.economy_steps = read(stats.economy_steps);
  report.overlay_frames = read(stats.overlay_frames);
  report.overlay_faults = read(stats.overlay_faults);
  return report;
}

AlignmentReport report_of_alignment(const job::Stats& stats) {
  const std::uint64_t method = read(stats.alignment);
  // The worker is not trusted.
  if (method >= job::kAlignments.size()) return {};
  return {job::kAlignments[static_cast<std::size_t>(method)], static_cast<base::Micros>(read(stats.feed_offset_us)),
          static_cast<double>(read(stats.alignment_permille)) / 1000};
}

SlateReport report_of_slate(const Channel& channel) {
  const SlateOrder& order = channel.slate_order();
  SlateReport report{.ordered = order.on(),
                     .scheduled = order.scheduled(),
                     .reason = order.reason(),
                     .text = order.text(),
                     .left = channel.slate_left()};
  if (const Worker* worker = channel.source().worker()) {
    report.shown = read(worker->stats().slate) > 0;
    report.shows = read(worker->stats().slates);
    report.frames = read(worker->stats().slate_frames);
  }
  return report;
}

}  // namespace

Report make_report(Channel& channel) {
  Report report;
  report.name = channel.name();
  report.state = channel.state();
  for (const feed::Id id : feed::kIds) {
    FeedReport& feed = report.feeds[feed::index(id)];
    feed = report_of(channel.feed(id), channel.options());
    const FeedState state = channel.state_of(id);
    feed.score = score_of(state, channel.options().failover);
    feed.fault = content_fault(state, channel.options().failover);
    if (const auto& thumbnail = channel.thumbnails().newest(id)) feed.thumbnail = thumbnail->at;
  }
  report.feeds.front().used = true;
  report.priority = channel.options().priority;
  report.left_out = channel.left_out();
  report.shown = channel.choice().shown();
  for (const FeedChoice::Reason reason : FeedChoice::kReasons) {
    report.switches[static_cast<std::size_t>(reason)] = channel.choice().switches(reason);
  }
  report.last_switches = channel.switches().entries();
  report.markers = channel.markers().counters();
  report.captions = channel.captions().counters();
  report.metadata = channel.metadata().counters();
  report.memory_limit = channel.options().media.memory;
  report.publishes_refused = channel.publishes_refused();
  report.queue = channel.source().feed_counters();
  report.source = channel.source().counters();
  report.log = channel.window().counters();
  report.late_parts = channel.meter().late_parts();
  report.held_parts = channel.meter().held_parts();
  if (const archive::JournalFold* journal = channel.journal()) {
    report.journal_given_up = journal->given_up();
    report.journal_dropped = journal->dropped();
  }
  report.capture_to_part = channel.meter().capture_to_part();
  report.part_lateness = channel.meter().part_lateness();
  if (const Worker* worker = channel.source().worker()) {
    report.worker = report_of(*worker);
    report.alignment = report_of_alignment(worker->stats());
    report.audio = report_of_audio(worker->stats());
    for (std::size_t i = 0; i < report.feeds.size(); ++i) read_feed(report.feeds[i], worker->stats().feeds[i]);
  }
  const Worker* const worker = channel.source().worker();
  const job::Stats* const stats = worker == nullptr ? nullptr : &worker->stats();
  report.caption_services = caption_services(channel.options().media, stats);
  report.texts = text_renditions(channel.options().media, report.caption_services, stats, report.shown);
  report.slate = report_of_slate(channel);
  report.overlays = channel.overlays().entries();
  report.rung_thumbnails = channel.thumbnails().rung_times();
  report.schedule = channel.options().schedule;
  report.phase = channel.phase();
  report.snapshot = channel.snapshot();
  return report;
}

}  // namespace channel
