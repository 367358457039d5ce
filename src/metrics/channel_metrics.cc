#include "metrics/channel_metrics.h"

#include <array>
#include <string>
#include <utility>

#include "metrics/loudness_metrics.h"

namespace metrics {
namespace {

double value_of(std::uint64_t value) { return static_cast<double>(value); }
double seconds_of(std::uint64_t micros) { return static_cast<double>(micros) / 1e6; }

Labels with(Labels labels, const char* name, std::string value) {
  labels.emplace_back(name, std::move(value));
  return labels;
}

void add_delay(Families& out, const char* name, const char* help, const Labels& labels,
               const channel::Histogram& from) {
  std::array<double, 14> bounds;
  for (std::size_t i = 0; i < bounds.size(); ++i) bounds[i] = static_cast<double>(from.bounds()[i]) / 1e6;
  out.histogram(name, help, labels, bounds, from.counts(), static_cast<double>(from.sum()) / 1e6);
}

void add_state(Families& out, const channel::Report& report, const Labels& labels) {
  using State = channel::Channel::State;
  for (const State state : {State::kIdle, State::kLive, State::kGrace, State::kEnding, State::kEnded}) {
    out.gauge("kickoff_channel_state", "1 for the state that the channel is in, 0 for the others.",
              with(labels, "state", std::string(channel::to_string(state))), report.state == state ? 1 : 0);
  }
}

Labels feed_labels(const Labels& labels, std::size_t feed) {
  return with(labels, "feed", std::string(feed::to_string(feed::kIds[feed])));
}

/// What the server counts of a feed.
void add_slot(Families& out, const channel::FeedReport& feed, bool shown, const Labels& labels) {
  out.gauge("kickoff_feed_connected", "1 while a publisher is connected.", labels, feed.protocol.empty() ? 0 : 1);
  out.gauge("kickoff_feed_shown", "1 for the feed that viewers see, 0 for the one that stands by.", labels,
            shown ? 1 : 0);
  out.gauge(
      "kickoff_feed_score",
      "How well the feed is: 100 well, 60 without sound, 50 errors of the transport stream, 40 fewer pictures than "
      "usual, 25 black or frozen, 0 nothing to show. Black and frozen are known while both feeds are there.",
      labels, feed.score);
  for (const std::string_view fault : channel::kFaults) {
    out.gauge("kickoff_feed_fault", "1 while this is the worst that is wrong with the feed's content.",
              with(labels, "fault", std::string(fault)), feed.fault == fault ? 1 : 0);
  }
  out.gauge("kickoff_feed_silent",
            "1 while a publisher is connected and has sent no media for 2 s. Check the encoder and its network; "
            "another publisher may now take over.",
            labels, feed.silent ? 1 : 0);
  out.counter("kickoff_feed_silences_total", "Publishers disconnected because they sent no media for the idle limit.",
              labels, value_of(feed.counters.silences));
  out.counter("kickoff_feed_bytes_total", "Media bytes received from publishers; its rate is the feed's bit rate.",
              labels, value_of(feed.counters.bytes));
  out.counter("kickoff_feed_publishes_total", "Publishers accepted.", labels, value_of(feed.counters.publishes));
  out.counter("kickoff_feed_takeovers_total", "Publishers replaced by another one.", labels,
              value_of(feed.counters.takeovers));
  out.counter("kickoff_feed_unplayable_total",
              "Messages that cannot be played: their codec is not supported, or they are broken.", labels,
              value_of(feed.counters.unplayable_messages));
}

/// By which clock a feed is placed on UTC.
void add_clock(Families& out, const channel::FeedReport& feed, const Labels& labels) {
  out.gauge(
      "kickoff_feed_anchored_by_time_code",
      "1: the feed is at the UTC of its time code (anchor: timecode). 0: at that of its arrival, as by default, or "
      "because its time code cannot be used: see the log.",
      labels, feed.anchored == job::Anchored::kTimeCode ? 1 : 0);
  out.gauge(
      "kickoff_feed_anchored_by_pts",
      "1: the feed is at the UTC of its time stamps by the clock that servers agreed on (anchor: pts). 0: at that of "
      "its arrival, as by default, or because none was agreed on: its segments differ from those of other servers "
      "then.",
      labels, feed.anchored == job::Anchored::kPts ? 1 : 0);
  if (feed.time_code_offset) {
    out.gauge(
        "kickoff_feed_time_code_offset_seconds",
        "Time of day of the feed's time code less the UTC at which its picture is shown: minus the delay from the "
        "source where the source's clock is UTC. Absent while the feed has no running time code.",
        labels, static_cast<double>(*feed.time_code_offset) / 1e6);
  }
  out.counter("kickoff_feed_clock_jumps_total", "Times that the feed's clock jumped and was anchored to UTC again.",
              labels, value_of(feed.timeline_anchors));
}

/// What the worker counts of a feed.
void add_demuxed(Families& out, const channel::FeedReport& feed, const Labels& labels) {
  const char* frames =
      "Access units and audio frames demuxed by the channel's running worker; counts from 0 again when it is replaced.";
  out.counter("kickoff_feed_frames_total", frames, with(labels, "kind", "video"), value_of(feed.video_packets));
  out.counter("kickoff_feed_frames_total", frames, with(labels, "kind", "audio"), value_of(feed.audio_packets));
  out.gauge("kickoff_feed_decoded",
            "1 while every picture of the feed is decoded: the feed that is shown, of a channel that encodes, and with "
            "standby: hot the other one, too.",
            labels, feed.decoded ? 1 : 0);
  out.gauge("kickoff_feed_frame_rate", "Pictures a second of media time over the last 2 s; 0 in the feed's first 5 s.",
            labels, static_cast<double>(feed.frame_rate) / 1000);
  out.gauge("kickoff_feed_usual_frame_rate",
            "Pictures a second that the feed usually has. Below half of it the feed counts as faulty (low_rate).",
            labels, static_cast<double>(feed.usual_frame_rate) / 1000);
  out.gauge("kickoff_feed_delay_seconds",
            "Time that the feed is held back by, so that it is in step with the other one.", labels,
            seconds_of(feed.delay_us));
  out.counter("kickoff_feed_merged_packets_total",
              "Transport stream packets of merged feeds that only this feed brought: what the other one lost.", labels,
              value_of(feed.only_packets));
  out.counter("kickoff_feed_caption_pictures_total",
              "Pictures that carried CEA-608 or CEA-708 captions, also where these were only padding.", labels,
              value_of(feed.caption_pictures));
  const char* teletext =
      "PES packets of DVB teletext in the feed by its running worker: taken, or damaged (bytes lost, a broken header, "
      "before the feed's first time stamp).";
  out.counter("kickoff_feed_teletext_packets_total", teletext, with(labels, "result", "taken"),
              value_of(feed.teletext));
  out.counter("kickoff_feed_teletext_packets_total", teletext, with(labels, "result", "damaged"),
              value_of(feed.teletext_damaged));
  const char* texts =
      "Subtitles that the feed carries as text (onTextData and onCaption of RTMP) by its running worker: taken, or bad "
      "(over 2048 bytes, without a text, or not in UTF-8, which is repaired and taken).";
  out.counter("kickoff_feed_texts_total", texts, with(labels, "result", "taken"), value_of(feed.texts));
  out.counter("kickoff_feed_texts_total", texts, with(labels, "result", "bad"), value_of(feed.bad_texts));
  out.gauge("kickoff_feed_thumbnail_timestamp_seconds",
            "Unix time of the picture of the feed's newest thumbnail; 0: there is none.", labels,
            seconds_of(static_cast<std::uint64_t>(feed.thumbnail.value_or(0))));
  add_clock(out, feed, labels);
  const char* cues =
      "Splice information (SCTE-35) of the feed by its running worker: taken, or bad (a wrong CRC-32 or length, "
      "encrypted, not understood).";
  out.counter("kickoff_feed_cues_total", cues, with(labels, "result", "taken"), value_of(feed.cues));
  out.counter("kickoff_feed_cues_total", cues, with(labels, "result", "bad"), value_of(feed.bad_cues));
  out.counter("kickoff_feed_restamped_total",
              "Time stamps that were replaced because they were implausible, or that were moved.", labels,
              value_of(feed.timeline_restamped));
  const char* damaged =
      "Transport stream damage: lost synchronisation, continuity gaps, units thrown away; packets that are scrambled "
      "(the encoder or the receiver before it did not descramble the program), that a demodulator marked as broken, or "
      "of stream types that are not handled; access units without a time stamp.";
  const std::pair<const char*, std::uint64_t> kinds[] = {{"sync", feed.ts_sync_losses},
                                                         {"continuity", feed.ts_continuity_errors},
                                                         {"damaged", feed.ts_damaged_units},
                                                         {"scrambled", feed.ts_scrambled},
                                                         {"transport_error", feed.ts_transport_errors},
                                                         {"unsupported", feed.ts_unsupported},
                                                         {"untimed", feed.ts_untimed}};
  for (const auto& [kind, count] : kinds) {
    out.counter("kickoff_feed_ts_errors_total", damaged, with(labels, "kind", kind), value_of(count));
  }
}

/// Of channels that have a backup.
void add_alignment(Families& out, const channel::AlignmentReport& alignment, const Labels& labels) {
  for (const job::Alignment method : job::kAlignments) {
    out.gauge("kickoff_feed_alignment",
              "1 for how it is known that both feeds carry one programme: pts (equal time stamps mean equal content), "
              "timecode (by the time code of both), loudness (they sound alike), none (it is not known; a switch may "
              "repeat or skip some of it).",
              with(labels, "method", std::string(job::to_string(method))), alignment.method == method ? 1 : 0);
  }
  if (alignment.method == job::Alignment::kNone) return;
  out.gauge("kickoff_feed_offset_seconds",
            "By how much the backup feed is behind the primary; below 0 it is ahead. Absent while that is not known.",
            labels, static_cast<double>(alignment.offset) / 1e6);
}

void add_feeds(Families& out, const channel::Report& report, const Labels& labels) {
  for (std::size_t i = 0; i < report.feeds.size(); ++i) {
    const channel::FeedReport& feed = report.feeds[i];
    if (i > 0 && !feed.used) continue;
    add_slot(out, feed, feed::index(report.shown) == i, feed_labels(labels, i));
    add_demuxed(out, feed, feed_labels(labels, i));
  }
  if (report.feeds.back().used) add_alignment(out, report.alignment, labels);
  if (report.feeds[1].used) {
    out.gauge("kickoff_feed_merged",
              "1 while both feeds bring the same packets of a transport stream, and each covers what the other loses.",
              labels, report.feeds[0].merged ? 1 : 0);
  }
  for (const channel::FeedChoice::Reason reason : channel::FeedChoice::kReasons) {
    out.counter(
        "kickoff_feed_switches_total",
        "Changes of the feed that is shown: lost (its publisher went), silent (it sent no media), scrambled, black, "
        "frozen, low_rate (fewer than half of its usual pictures), ts_errors (of its transport stream) or mute (it had "
        "no sound) while the other feed was better, returned (the primary was well again), asked (by an operator).",
        with(labels, "reason", std::string(feed::to_string(reason))),
        value_of(report.switches[static_cast<std::size_t>(reason)]));
  }
  out.counter("kickoff_feed_publishes_refused_total",
              "Publishers refused by the channel because it had one already or was ending.", labels,
              value_of(report.publishes_refused));
  std::uint64_t unplaced = 0;
  for (const channel::FeedReport& feed : report.feeds) unplaced += feed.timeline_dropped;
  const char* dropped =
      "Feed data dropped, by place: queue (the worker did not keep up), timeline (before the clock was anchored, or no "
      "place on the timeline), packager.";
  out.counter("kickoff_feed_dropped_total", dropped, with(labels, "place", "queue"),
              value_of(report.queue.dropped_messages));
  out.counter("kickoff_feed_dropped_total", dropped, with(labels, "place", "timeline"), value_of(unplaced));
  out.counter("kickoff_feed_dropped_total", dropped, with(labels, "place", "packager"),
              value_of(report.worker.packager_dropped));
  const char* cuts =
      "Splices of a channel with splice_cuts by its running worker: moved (a segment begins there), late (announced "
      "too "
      "late for that), crowded (another splice is too near). The last two have a key frame alone.";
  out.counter("kickoff_channel_splice_cuts_total", cuts, with(labels, "result", "moved"),
              value_of(report.worker.cuts_moved));
  out.counter("kickoff_channel_splice_cuts_total", cuts, with(labels, "result", "late"),
              value_of(report.worker.cuts_late));
  out.counter("kickoff_channel_splice_cuts_total", cuts, with(labels, "result", "crowded"),
              value_of(report.worker.cuts_crowded));
  out.counter("kickoff_feed_dropped_bytes_total", "Bytes dropped by the queue to the worker.", labels,
              value_of(report.queue.dropped_bytes));
}

/// `frames`: HELP of the frames of the ladder.
void add_overlays(Families& out, const channel::Report& report, const char* frames, const Labels& labels) {
  out.counter("kickoff_worker_frames_total", frames, with(labels, "stage", "overlaid"),
              value_of(report.worker.overlay_frames));
  out.counter(
      "kickoff_worker_overlay_faults_total",
      "Overlays that could not be shown (the worker's log says why), and pictures lost for want of memory for one; "
      "counts from 0 again when the worker is replaced.",
      labels, value_of(report.worker.overlay_faults));
}

void add_worker(Families& out, const channel::Report& report, const ProcessUse& use, const Labels& labels) {
  out.gauge("kickoff_worker_running", "1 while the channel's media worker runs.", labels,
            report.worker.running ? 1 : 0);
  out.counter("kickoff_worker_restarts_total", "Workers that died or hung and were replaced.", labels,
              value_of(report.source.restarts));
  out.counter("kickoff_worker_hangs_total", "Workers killed because they made no progress.", labels,
              value_of(report.source.hangs));
  out.counter("kickoff_worker_spawn_failures_total", "Workers that could not be started.", labels,
              value_of(report.source.spawn_failures));
  out.counter("kickoff_worker_cpu_seconds_total",
              "CPU time of the channel's running worker; counts from 0 again when it is replaced.", labels,
              use.cpu_seconds);
  out.gauge("kickoff_worker_resident_bytes", "Resident memory of the channel's running worker, shared pages included.",
            labels, value_of(use.resident));
  out.gauge(
      "kickoff_worker_data_bytes",
      "Memory that the channel's running worker has allocated, resident or not: what limits.worker_memory limits.",
      labels, value_of(use.data));
  out.gauge("kickoff_worker_memory_limit_bytes",
            "limits.worker_memory, in force from the channel's next worker on where a reload changed it; 0: no limit.",
            labels, value_of(report.memory_limit));
  out.counter(
      "kickoff_worker_out_of_memory_total",
      "Workers that ended because they could allocate no more, and were replaced. Raise limits.worker_memory if "
      "the channel's ladder needs it.",
      labels, value_of(report.source.out_of_memory));
  out.counter("kickoff_worker_log_lines_lost_total", "Log lines that the channel's running worker could not write.",
              labels, value_of(report.worker.log_lines_lost));
  const char* frames =
      "Frames in the encoding ladder of the channel's running worker, by stage; counts from 0 again when it is "
      "replaced.";
  out.counter("kickoff_worker_frames_total", frames, with(labels, "stage", "decoded"),
              value_of(report.worker.decoded_frames));
  out.counter("kickoff_worker_frames_total", frames, with(labels, "stage", "encoded"),
              value_of(report.worker.encoded_frames));
  out.counter("kickoff_worker_frames_total", frames, with(labels, "stage", "duplicated"),
              value_of(report.worker.duplicated_frames));
  out.counter("kickoff_worker_frames_total", frames, with(labels, "stage", "held"),
              value_of(report.worker.held_frames));
  out.counter("kickoff_worker_frames_total", frames, with(labels, "stage", "slate"), value_of(report.slate.frames));
  add_overlays(out, report, frames, labels);
  out.counter("kickoff_worker_slates_total", "Times that the slate came to be seen.", labels,
              value_of(report.slate.shows));
  out.gauge("kickoff_channel_slate_shown", "1 while the slate is seen in place of the picture.", labels,
            report.slate.shown ? 1 : 0);
  out.gauge("kickoff_channel_slate_ordered", "1 while an operator's order to show the slate holds.", labels,
            report.slate.ordered ? 1 : 0);
  const char* dropped =
      "Frames lost because encoders lagged: undecoded, decoded (then in all rungs), rung (in a single larger rung).";
  out.counter("kickoff_worker_dropped_frames_total", dropped, with(labels, "stage", "undecoded"),
              value_of(report.worker.dropped_packets));
  out.counter("kickoff_worker_dropped_frames_total", dropped, with(labels, "stage", "decoded"),
              value_of(report.worker.dropped_frames));
  out.counter("kickoff_worker_dropped_frames_total", dropped, with(labels, "stage", "rung"),
              value_of(report.worker.left_out_frames));
  out.gauge(
      "kickoff_worker_economy_level",
      "How much the ladder saves because the CPU is short: 0 nothing, 1 larger rungs by faster encoders, 2 also at "
      "half the frame rate, from 3 on the largest rungs one by one as stills.",
      labels, value_of(report.worker.economy_level));
  out.counter("kickoff_worker_economy_steps_total",
              "Changes of kickoff_worker_economy_level in the channel's running worker.", labels,
              value_of(report.worker.economy_steps));
  out.gauge("kickoff_channel_left_out_rungs",
            "Rungs that the channel's ladder goes without until its session ends, because the CPU did not suffice for "
            "all of them when it began.",
            labels, value_of(report.left_out.rungs.size()));
  out.counter("kickoff_worker_decode_errors_total", "Packets refused by the decoder and pictures with damage.", labels,
              value_of(report.worker.decode_errors));
  out.gauge("kickoff_worker_encode_lag_seconds", "Media time waiting to be decoded.", labels,
            seconds_of(report.worker.encode_lag_us));
  out.gauge("kickoff_worker_encode_delay_seconds",
            "Largest recent delay of a frame from decoder input to encoder output.", labels,
            seconds_of(report.worker.encode_delay_us));
  out.gauge("kickoff_worker_audio_skew_seconds",
            "Newest difference between audio time stamps and the count of samples.", labels,
            seconds_of(report.worker.audio_skew_us));
}

void add_log(Families& out, const channel::Report& report, const Labels& labels) {
  out.counter("kickoff_channel_parts_total", "Parts published, over all renditions.", labels,
              value_of(report.log.parts));
  out.counter("kickoff_channel_segments_total", "Segments completed, over all renditions.", labels,
              value_of(report.log.segments));
  out.counter("kickoff_channel_gap_parts_total", "Parts published as gaps, because there was no media for them.",
              labels, value_of(report.log.gaps));
  out.counter("kickoff_channel_discontinuities_total", "Discontinuities published.", labels,
              value_of(report.log.discontinuities));
  const char* dropped = "Records of the worker that did not fit the log.";
  out.counter("kickoff_channel_records_dropped_total", dropped, with(labels, "reason", "late"),
              value_of(report.log.late));
  out.counter("kickoff_channel_records_dropped_total", dropped, with(labels, "reason", "conflict"),
              value_of(report.log.conflicts));
  out.counter("kickoff_channel_held_parts_total",
              "Parts that repeat the last picture, or are silent, because nothing came from the feed.", labels,
              value_of(report.held_parts));
  out.counter("kickoff_journal_dropped_records_total",
              "Records that are missing from the channel's journal because it was given up: the disk is too slow, full "
              "or broken.",
              labels, value_of(report.journal_dropped));
  out.gauge("kickoff_journal_given_up", "1 while the channel's journal is given up: a restart would begin it anew.",
            labels, report.journal_given_up ? 1 : 0);
  out.counter("kickoff_channel_late_parts_total",
              "Parts published more than half a part target after their newest frame was received.", labels,
              value_of(report.late_parts));
  add_delay(out, "kickoff_channel_capture_to_part_seconds",
            "From the arrival of a part's newest frame to its publication.", labels, report.capture_to_part);
  add_delay(out, "kickoff_channel_part_lateness_seconds", "From the UTC end of a part's media to its publication.",
            labels, report.part_lateness);
  if (!report.snapshot) return;
  for (const auto& rendition : report.snapshot->renditions) {
    const Labels both = with(labels, "rendition", rendition->name());
    out.gauge("kickoff_rendition_media_bytes", "Media held in memory for the rendition.", both,
              value_of(rendition->media_bytes()));
    out.gauge("kickoff_rendition_last_segment", "Media sequence number of the rendition's last complete segment.", both,
              static_cast<double>(rendition->edge().last_complete()));
  }
}

void add_markers(Families& out, const channel::Report& report, const Labels& labels) {
  for (const channel::MarkerKind kind : channel::kMarkerKinds) {
    out.counter("kickoff_markers_total",
                "Markers taken from the feed and the API: out (a break begins), in (it ends), splice (other splice "
                "information), cancel, repeat (what is known already), api (operators' own).",
                with(labels, "kind", std::string(channel::to_string(kind))),
                value_of(report.markers.taken[static_cast<std::size_t>(kind)]));
  }
  for (const channel::MarkerRefusal refusal : channel::kMarkerRefusals) {
    out.counter("kickoff_markers_refused_total",
                "Markers refused: damaged, past (more than a minute ago), future (more than an hour ahead, a day for "
                "operators' own), too_large (a section over 1024 bytes), too_many (over 60 at once and one a second), "
                "conflict (contradicts the marker with its id).",
                with(labels, "reason", std::string(channel::to_string(refusal))),
                value_of(report.markers.refused[static_cast<std::size_t>(refusal)]));
  }
  const char* events =
      "Events for the media itself (markers: emsg) by its running worker: taken (splices, ID3 tags, each once), and of "
      "these dropped (long past, before the first part, more than 64 or 32 KiB waiting).";
  out.counter("kickoff_worker_events_total", events, with(labels, "result", "taken"), value_of(report.worker.events));
  out.counter("kickoff_worker_events_total", events, with(labels, "result", "dropped"),
              value_of(report.worker.events_dropped));
  out.counter("kickoff_markers_dropped_total",
              "Markers that playlists stopped to show early, because there were more than 256 or their tags passed "
              "64 KiB.",
              labels, value_of(report.log.markers_dropped));
}

void add_captions(Families& out, const channel::Report& report, const Labels& labels) {
  out.counter("kickoff_captions_total", "Captions taken from the API.", labels, value_of(report.captions.taken));
  for (const channel::CaptionRefusal refusal : channel::kCaptionRefusals) {
    out.counter(
        "kickoff_captions_refused_total",
        "Captions from the API refused: not_live, no_rendition (no text rendition of that language takes them), "
        "past (over, or begun more than a minute ago), future (more than ten minutes ahead), too_many (over 50 "
        "at once and 10 a second).",
        with(labels, "reason", std::string(channel::to_string(refusal))),
        value_of(report.captions.refused[static_cast<std::size_t>(refusal)]));
  }
  out.counter("kickoff_worker_text_cues_total",
              "Cues that the worker was given for text renditions, decoded from captions or from the API; changes of a "
              "text that grows count each.",
              labels, value_of(report.worker.text_cues));
  out.counter("kickoff_worker_teletext_lines_damaged_total",
              "Teletext packets (rows and headers of pages) that were left out of text renditions because more bits of "
              "their addresses are wrong than can be corrected.",
              labels, value_of(report.worker.teletext_lines_bad));
  out.counter("kickoff_worker_texts_unplaced_total",
              "Texts of the feed that no rendition with from: data shows: none has their language.", labels,
              value_of(report.worker.texts_unplaced));
  out.counter("kickoff_worker_text_cues_dropped_total",
              "Of these, dropped: over before they came, longer than 2048 bytes, or more than 64 at a time.", labels,
              value_of(report.worker.text_cues_dropped));
}

void add_metadata(Families& out, const channel::Report& report, const Labels& labels) {
  out.counter("kickoff_metadata_total", "Timed metadata (ID3) taken from the API.", labels,
              value_of(report.metadata.taken));
  for (const channel::MetadataRefusal refusal : channel::kMetadataRefusals) {
    out.counter(
        "kickoff_metadata_refused_total",
        "Timed metadata from the API refused: not_live, not_carried (markers: emsg has no ID3), past (more than "
        "5 s ago), future (more than ten minutes ahead), too_many (over 20 at once and 5 a second).",
        with(labels, "reason", std::string(channel::to_string(refusal))),
        value_of(report.metadata.refused[static_cast<std::size_t>(refusal)]));
  }
}

}  // namespace

void add_channel(Families& out, const channel::Report& report, const ProcessUse& worker) {
  const Labels labels = {{"channel", report.name}};
  add_state(out, report, labels);
  add_feeds(out, report, labels);
  add_worker(out, report, worker, labels);
  add_log(out, report, labels);
  add_loudness(out, report);
  add_markers(out, report, labels);
  add_captions(out, report, labels);
  add_metadata(out, report, labels);
}

}  // namespace metrics
