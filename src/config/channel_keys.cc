#include <algorithm>

#include "config/config_keys.h"
#include "config/publish_key.h"
#include "config/secrets.h"
#include "config/slate_file.h"
#include "config/text_file.h"
#include "hls/uri.h"
#include "ingest/network.h"
#include "job/slate_text.h"

namespace config {
namespace {

using base::kMillisecond;
using base::kSecond;

constexpr base::Micros kMostTimeZone = 14 * 3600 * kSecond;

// x265 has the presets of x264 too; libaom has speeds, and takes its fastest for one of these words.
Value preset(job::Rung& rung) {
  if (rung.codec == media::Codec::kAv1)
    return Value::word(rung.preset, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"});
  return Value::word(rung.preset, {"ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower",
                                   "veryslow", "placebo"});
}

std::vector<std::string> rung_faults(job::Rung& rung) {
  if (rung.name.empty() && rung.height > 0) rung.name = "v" + std::to_string(rung.height);
  std::vector<std::string> found;
  if (!valid_name(rung.name, 32)) found.emplace_back("a rung needs a height or a name of letters, digits, - and _");
  if (rung.name == hls::kImages)
    found.emplace_back("a rung cannot be named \"images\": the channel's images are there");
  if (rung.range == job::Rung::Range::kHdr && rung.codec == media::Codec::kH264)
    found.emplace_back("range: hdr needs codec: hevc or av1; players show H.264 in SDR alone");
  if (rung.bitrate < 50'000) found.emplace_back("a rung needs a bitrate of at least 50k");
  return found;
}

void declare_rung(Keys& keys, job::Rung& rung) {
  using media::Codec;
  constexpr Reload kRule = Reload::kNextWorker;
  keys.key({"name", kRule, "default: v and the height"}, Value::text(rung.name));
  keys.key({"codec", kRule, ""},
           Value::choice<Codec>(rung.codec, {{"h264", Codec::kH264}, {"hevc", Codec::kHevc}, {"av1", Codec::kAv1}}));
  keys.key({"height", kRule, "pixels; default: the source's"}, Value::number(rung.height, 0, 8192));
  keys.key({"width", kRule, "pixels; default: from the height and the source's shape"},
           Value::number(rung.width, 0, 8192));
  keys.key({"frame_rate", kRule, "frames a second, 29.97 being 30000/1001; default: the source's"},
           Value::frame_rate(rung.frame_rate));
  keys.key({"bitrate", kRule, "bit/s, at least 50k"}, Value::bitrate(rung.bitrate));
  keys.key({"max_bitrate", kRule, "bit/s; default: 110 % of bitrate"}, Value::bitrate(rung.max_bitrate));
  keys.key({"buffer", kRule, "bits of the VBV; default: half a second of max_bitrate"},
           Value::bitrate(rung.buffer_bits));
  Value speed = preset(rung);
  speed.allowed = "";
  keys.key({"preset", kRule, "of x264 and x265, ultrafast to placebo; for av1 0 to 10"}, speed);
  keys.key({"profile", kRule, "of h264; the other codecs choose by themselves"},
           Value::word(rung.profile, {"baseline", "main", "high"}));
  using Range = job::Rung::Range;
  keys.key({"range", kRule,
            "sdr: 8 bits, an HDR feed is tone-mapped; hdr: 10 bits in the feed's own range (PQ, HLG or SDR), of hevc "
            "and av1"},
           Value::choice<Range>(rung.range, {{"sdr", Range::kSdr}, {"hdr", Range::kHdr}}));
  keys.key(
      {"quality", kRule, "true: the preset's look-ahead; veryfast 10 frames (333 ms at 30 frames/s), medium 40 frames"},
      Value::flag(rung.quality));
  keys.check([&] { return rung_faults(rung); });
}

job::Rung sample_rung() {
  job::Rung rung;
  rung.name = "v720";
  rung.height = 720;
  rung.width = 1280;
  rung.frame_rate = {50, 1};
  rung.bitrate = 2'800'000;
  rung.max_bitrate = 3'100'000;
  rung.buffer_bits = 1'500'000;
  return rung;
}

bool has_rung(const job::Options& media, const std::string& name) {
  return name == job::kCopyName || std::any_of(media.ladder.begin(), media.ladder.end(),
                                               [&](const job::Rung& other) { return other.name == name; });
}

void declare_ladder(Keys& keys, job::Options& media) {
  Items rungs;
  rungs.word = Value::choice<bool>(media.default_ladder, {{"auto", true}, {"none", false}});
  rungs.word->wanted = "auto, none, or a list of rungs";
  rungs.word->read = [&media, read = rungs.word->read](const std::string& text) -> Complaint {
    media.ladder.clear();  // the environment's word replaces the file's list
    return read(text).empty() ? "" : " has to be auto, none, or a list of rungs";
  };
  rungs.item = [&media](Keys& in) {
    job::Rung rung;
    declare_rung(in, rung);
    in.check([&]() -> std::vector<std::string> {
      if (!has_rung(media, rung.name)) return {};
      return {"two rungs are named \"" + rung.name + "\"; give one of them another name"};
    });
    media.default_ladder = false;
    // The cascade scales each rung from the one before: largest first, equal ones in the order of the file.
    const auto smaller = std::find_if(media.ladder.begin(), media.ladder.end(),
                                      [&](const job::Rung& other) { return other.height < rung.height; });
    media.ladder.insert(smaller, std::move(rung));
  };
  rungs.sample = [](Keys& in) {
    job::Rung rung = sample_rung();
    declare_rung(in, rung);
  };
  keys.items({"ladder", Reload::kNextWorker,
              "auto: chosen from the source; none (with source: copy): nothing is transcoded; or a list of rungs:"},
             rungs);
}

void declare_publish_keys(Keys& keys, channel::Options& options) {
  constexpr Reload kRule = Reload::kAtOnce;
  declare_secrets(
      keys,
      {{"keys", kRule,
        "Any of these keys admits a publisher. Without one only loopback addresses may publish. A publisher whose key "
        "is taken out is disconnected."},
       {"keys_env", kRule, "an environment variable with more keys, separated by commas", "KICKOFF_KEYS"},
       {"keys_file", kRule, "a file with more keys, one a line", "/run/secrets/kickoff"}},
      "key", options.keys, publish_key_fault);
  declare_secrets(
      keys,
      {{"backup_keys", kRule,
        "Any of these keys admits a publisher of the backup feed alone, also one that does not name the feed."},
       {"backup_keys_env", kRule, "an environment variable with more of them", "KICKOFF_BACKUP_KEYS"},
       {"backup_keys_file", kRule, "a file with more of them, one a line", "/run/secrets/kickoff-backup"}},
      "key", options.backup_keys, publish_key_fault);
}

Complaint passphrase_fault(const std::string& text) {
  return text.size() < 10 || text.size() > 80 ? " has to have 10 to 80 characters (SRT, SR-8)" : "";
}

void declare_passphrase(Keys& keys, std::string& passphrase) {
  Value value = Value::text(passphrase);
  value.allowed = "10 to 80 characters";
  value.read = [&](const std::string& text) -> Complaint {
    if (!text.empty() && !passphrase_fault(text).empty()) return passphrase_fault(text);
    passphrase = text;
    return "";
  };
  keys.key({"passphrase", Reload::kNextPublisher, "the feed has to be encrypted with it; empty: need not"}, value);
  Value file = Value::action("a path", [&](const std::string& path) -> Complaint {
    const auto lines = read_secrets(path);
    if (!lines.ok()) return ": " + lines.error().what;
    if (const Complaint fault = passphrase_fault(lines->front()); !fault.empty()) return ": its first line" + fault;
    passphrase = lines->front();
    return "";
  });
  file.is_path = true;
  keys.key({"passphrase_file", Reload::kNextPublisher, "a file with the passphrase in its first line",
            "/run/secrets/kickoff-srt"},
           file);
}

void declare_channel_srt(Keys& keys, Config::Channel& channel) {
  declare_passphrase(keys, channel.srt_passphrase);
  keys.key({"key_length", Reload::kNextPublisher, "bytes of the AES key; 0: the caller chooses"},
           Value::choice<int>(channel.srt_key_length, {{"0", 0}, {"16", 16}, {"24", 24}, {"32", 32}}));
  keys.texts({"allow", Reload::kNextPublisher, "networks that may publish, such as 192.0.2.0/24; none: all"},
             channel.srt_allow, [](const std::string& network) -> Complaint {
               if (ingest::parse_network(network).ok()) return "";
               return not_wanted("an address or a network such as 192.0.2.0/24", network);
             });
  keys.key({"latency", Reload::kNextPublisher, "default: that of srt.latency", "120ms"},
           Value::duration(channel.srt_latency, 20 * kMillisecond, 4 * kSecond));
}

Value viewers_text(std::string& text) {
  return Value::text(text, "1 to 500 bytes of UTF-8 without control characters but line feeds",
                     [](const std::string& given) { return job::is_slate_text(given); });
}

void declare_event(Keys& keys, channel::Schedule& schedule) {
  constexpr Reload kRule = Reload::kAtOnce;
  keys.key({"start", kRule, "until then viewers see the slate; empty: it is on from the first picture"},
           Value::instant(schedule.start));
  keys.key({"end", kRule, "from then on viewers see the slate; empty: it lasts until the channel ends"},
           Value::instant(schedule.end));
  keys.key(
      {"text_before", kRule,
       "what viewers read until the start, such as \"The broadcast has not begun yet\"; empty: the channel's slate"},
      viewers_text(schedule.text_before));
  keys.key({"text_after", kRule, "what they read from the end on; empty: the channel's slate"},
           viewers_text(schedule.text_after));
}

std::vector<std::string> schedule_faults(const channel::Options& options) {
  const channel::Schedule& schedule = options.schedule;
  const job::Options& media = options.media;
  std::vector<std::string> found;
  const bool own_slate = media.slate != nullptr || !media.slate_text.empty();
  const bool nothing_before = schedule.start && schedule.text_before.empty();
  const bool nothing_after = schedule.end && schedule.text_after.empty();
  if (schedule.start && schedule.end && *schedule.end <= *schedule.start)
    found.emplace_back("event.end has to be later than event.start");
  if (!own_slate && (nothing_before || nothing_after))
    found.emplace_back("event needs something to show: slate: FILE or slate_text of the channel, or " +
                       std::string(nothing_before ? "event.text_before" : "event.text_after"));
  if (!(schedule.text_before + schedule.text_after).empty() && media.slate_font == nullptr)
    found.emplace_back("event's texts need a font: install the package fonts-dejavu-core, or name one in slate_font");
  if (!schedule.start && !schedule.end) return found;
  if (media.outage == job::Options::Outage::kGap)
    found.emplace_back("event does not go with outage: gap, under which a copy would have gaps: take hold or slate");
  if (media.copy_video && !media.default_ladder && media.ladder.empty())
    found.emplace_back(
        "event needs a rung that is encoded to show its slate in; \"ladder: none\" leaves the copy alone");
  return found;
}

std::vector<std::string> channel_faults(const channel::Options& options) {
  const job::Options& media = options.media;
  std::vector<std::string> found;
  if (media.part * 2 > media.segment) found.emplace_back("part has to be at most half of segment");
  if (options.window < 6 * media.segment)
    found.emplace_back("window has to hold at least six segments (HLS authoring, LL-26)");
  if (media.outage == job::Options::Outage::kSlate && media.slate == nullptr && media.slate_text.empty())
    found.emplace_back("outage: slate needs something to show: slate: FILE, or slate_text: TEXT");
  if (!media.slate_text.empty() && media.slate_font == nullptr)
    found.emplace_back(
        "slate_text needs a font, and DejaVu Sans is not installed: install the package fonts-dejavu-core, or name "
        "another font in slate_font");
  if (media.outage == job::Options::Outage::kGap && (media.slate != nullptr || !media.slate_text.empty()))
    found.emplace_back("outage: gap does not go with a slate, under which a copy would have gaps: take hold or slate");
  if (!media.copy_video && !media.default_ladder && media.ladder.empty())
    found.emplace_back("\"ladder: none\" leaves nothing to play unless source is copy");
  return found;
}

void declare_font(Keys& keys, Config::Channel& channel) {
  job::Options& media = channel.options.media;
  if (channel.slate_font.empty()) media.slate_font = default_font();
  Value font = Value::path(channel.slate_font);
  font.read = [&channel, &media](const std::string& path) -> Complaint {
    channel.slate_font = path;
    media.slate_font = default_font();
    if (path.empty()) return "";
    auto read = read_font(path);
    if (!read.ok()) return ": " + read.error().what;
    media.slate_font = read.take();
    return "";
  };
  keys.key({"slate_font", Reload::kNextWorker,
            "TrueType or OpenType file of that text and of texts that are ordered. Empty: DejaVu Sans, of the package "
            "fonts-dejavu-core, which has Latin, Greek, Cyrillic and Arabic"},
           font);
}

void declare_slate(Keys& keys, Config::Channel& channel) {
  job::Options& media = channel.options.media;
  Value file = Value::path(channel.slate);
  file.read = [&channel, &media](const std::string& path) -> Complaint {
    channel.slate = path;
    media.slate = nullptr;
    if (path.empty()) return "";
    auto slate = read_slate(path);
    if (!slate.ok()) return ": " + slate.error().what;
    media.slate = slate.take();
    return "";
  };
  keys.key(
      {"slate", Reload::kNextWorker,
       "what is shown when an operator asks for it, or in an outage: a picture (PNG, JPEG, WebP) or a film that is "
       "repeated (MP4, MOV, Matroska, WebM, MPEG-TS; with its sound in audio that is encoded, not copied), of at most "
       "64 MiB"},
      file);
  keys.key({"slate_text", Reload::kNextWorker,
            "what viewers read, such as \"We'll be right back\": over the slate's file, or over the last picture, "
            "darkened, where no file is given; \\n in double quotes breaks a line; up to 500 bytes"},
           viewers_text(media.slate_text));
  declare_font(keys, channel);
  keys.key({"slate_after", Reload::kNextWorker, "with outage: slate, how long the last picture is held before"},
           Value::duration(media.slate_after, 0, 3600 * kSecond));
}

void declare_interstitials(Keys& keys, channel::Interstitials::Options& options) {
  using channel::Interstitials;
  constexpr Reload kRule = Reload::kNextChannel;
  keys.key({"types", kRule,
            "of which breaks (SCTE-35): all, or segmentation types and splice_insert, such as \"splice_insert 0x30 "
            "0x34\"; empty: of none"},
           Value::text(options.types, "all, or types such as \"splice_insert 0x34\"", &Interstitials::are_types));
  const char* address =
      "an http or https address, with {id}, {event}, {type}, {start} and {duration} as its only braces";
  keys.key({"asset_list", kRule,
            "address of the list of assets that replace a break (X-ASSET-LIST), such as "
            "https://ads.example/list?break={id}&seconds={duration}; also {event}, {type}, {start}"},
           Value::text(options.asset_list, address, &Interstitials::is_template));
  keys.key({"asset_uri", kRule, "in place of a list: the address of one asset (X-ASSET-URI), likewise"},
           Value::text(options.asset_uri, address, &Interstitials::is_template));
  keys.key({"resume", kRule, "live: after as much of the programme as was played; splice: where it was left"},
           Value::choice<bool>(options.resume_at_splice, {{"live", false}, {"splice", true}}));
  keys.key({"limit", kRule, "true: assets play no longer than the break is planned (X-PLAYOUT-LIMIT)"},
           Value::flag(options.limit_playout));
  keys.key({"restrict", kRule, "what viewers cannot do (X-RESTRICT)"},
           Value::choice<std::string>(options.restrict_to,
                                      {{"none", ""}, {"SKIP", "SKIP"}, {"JUMP", "JUMP"}, {"SKIP,JUMP", "SKIP,JUMP"}}));
  keys.key(
      {"snap", kRule, "which ends are put onto segments (X-SNAP)"},
      Value::choice<std::string>(options.snap, {{"none", ""}, {"OUT", "OUT"}, {"IN", "IN"}, {"OUT,IN", "OUT,IN"}}));
}

void declare_markers(Keys& keys, channel::Options& options) {
  origin::MarkerList::Shown& shown = options.markers;
  constexpr Reload kRule = Reload::kNextChannel;
  keys.key({"scte35", kRule, "splice information (SCTE-35) of the feed and of the API"}, Value::flag(shown.scte35));
  keys.key({"api", kRule, "operators' own, see POST /api/v1/channels/NAME/markers"}, Value::flag(shown.api));
  keys.key({"outage", kRule, "class outage: time in which the last picture or the slate was shown for want of a feed"},
           Value::flag(shown.outage));
  keys.key({"switch", kRule, "class switch: from where on the other feed is shown, with X-FROM, X-TO and X-REASON"},
           Value::flag(shown.feed_switch));
  keys.key({"cue_tags", kRule,
            "true: EXT-X-CUE-OUT, -CONT and -IN in front of the segments of breaks (SCTE-35), for ad services that do "
            "not read EXT-X-DATERANGE; splice_cuts makes them exact"},
           Value::flag(shown.cue_tags));
  using Emsg = job::Options::Emsg;
  keys.key({"emsg", Reload::kNextWorker,
            "what players find within the media, as emsg boxes of video parts (of sound, where there is no video): "
            "scte35: splice information; id3: timed metadata of the feed and of POST /api/v1/channels/NAME/metadata; "
            "all: both"},
           Value::choice<Emsg>(
               options.media.emsg,
               {{"none", Emsg::kNone}, {"scte35", Emsg::kScte35}, {"id3", Emsg::kId3}, {"all", Emsg::kAll}}));
  keys.section("interstitials",
               "Breaks as Apple's HLS interstitials, beside their own EXT-X-DATERANGE: players replace them.",
               [&](Keys& in) { declare_interstitials(in, options.interstitials); });
}

void declare_anchor(Keys& keys, job::Options& media) {
  using Anchor = job::Options::Anchor;
  keys.key(
      {"anchor", Reload::kNextWorker,
       "the UTC of a feed's first picture, which its media time, its segments' numbers and EXT-X-PROGRAM-DATE-TIME "
       "follow: arrival: when it arrives; timecode: what its time code says, if that is at most 8 s before its "
       "arrival and 1 s after, else its arrival; pts: what its time stamps say, by a clock that all servers which this "
       "source feeds agree on through etcd, so that their numbers and segments are the same: the first one's arrival"},
      Value::choice<Anchor>(media.anchor,
                            {{"arrival", Anchor::kArrival}, {"timecode", Anchor::kTimeCode}, {"pts", Anchor::kPts}}));
  keys.key({"timecode_offset", Reload::kNextWorker,
            "UTC less the time code, of a source whose time code is not UTC: -3600s for one hour east of it"},
           Value::duration(media.time_code_offset, -kMostTimeZone, kMostTimeZone));
}

void declare_publishing(Keys& keys, Config::Channel& channel) {
  channel::Options& options = channel.options;
  keys.key({"grace", Reload::kAtOnce, "how long a publisher may be away before the channel ends"},
           Value::duration(options.grace, 0, 3600 * kSecond));
  keys.key(
      {"idle", Reload::kAtOnce, "a publisher that sends no media (pings do not count) for so long is disconnected"},
      Value::duration(options.idle, 3 * kSecond, 3600 * kSecond));
  using Outage = job::Options::Outage;
  keys.key(
      {"outage", Reload::kNextWorker,
       "while there is no feed: hold: the last picture and silence; slate: the slate in encoded renditions, while a "
       "copied one holds; gap: EXT-X-GAP, which stops most players"},
      Value::choice<Outage>(options.media.outage,
                            {{"hold", Outage::kHold}, {"slate", Outage::kSlate}, {"gap", Outage::kGap}}));
  declare_slate(keys, channel);
  keys.key({"takeover", Reload::kAtOnce,
            "true: a second publisher replaces the first at any time; false: only one that is silent for 2 s"},
           Value::flag(options.takeover));
  using govern::Priority;
  keys.key({"priority", Reload::kAtOnce,
            "where the CPU is short: low: does less before all others, and its worker asks for less CPU (with the next "
            "worker); high: does less after all others"},
           Value::choice<Priority>(
               options.priority, {{"low", Priority::kLow}, {"normal", Priority::kNormal}, {"high", Priority::kHigh}}));
  keys.key({"required", Reload::kAtOnce, "true: /readyz fails while the channel has a publisher and no fresh part"},
           Value::flag(options.required));
}

/// What viewers see of it, and who does.
void declare_shown(Keys& keys, Config::Channel& channel) {
  declare_views(keys, channel.options.views);
  keys.key({"tokens", Reload::kAtOnce, "required: only viewers with a token that http.tokens finds good see it"},
           Value::choice<bool>(channel.tokens, {{"none", false}, {"required", true}}));
}

}  // namespace

void declare_channel(Keys& keys, Config::Channel& channel) {
  channel::Options& options = channel.options;
  job::Options& media = options.media;
  keys.key({"segment", Reload::kNextWorker, ""}, Value::duration(media.segment, kSecond, 10 * kSecond));
  keys.key({"part", Reload::kNextWorker, "at most half a segment"},
           Value::duration(media.part, 200 * kMillisecond, 2 * kSecond));
  keys.key(
      {"window", Reload::kNextChannel,
       "what a playlist lists, and viewers can go back; at least six segments. Beyond an hour it needs the journal"},
      Value::duration(options.window, 6 * kSecond, 14 * 24 * 3600 * kSecond));
  keys.key({"window_memory", Reload::kNextChannel,
            "of the window, what stays in memory when the journal has it; older media is read from the journal's "
            "files. 0: all of a window of up to 5 minutes, six segments of a longer one"},
           Value::duration(options.window_memory, 0, 24 * 3600 * kSecond));
  keys.key({"iframes", Reload::kNextChannel,
            "true: each video rendition also has an I-frame playlist (EXT-X-I-FRAMES-ONLY) for players' fast forward, "
            "rewind and scrubbing: byte ranges of its segments, one picture a segment; nothing is encoded or copied"},
           Value::flag(options.iframes));
  keys.key({"images", Reload::kNextChannel,
            "true: a small picture (JPEG) of each segment, as viewers see it: an image playlist for scrubbing "
            "(EXT-X-IMAGES-ONLY), and the newest one for anybody at /live/NAME/thumb.jpg. Of a copy alone a key frame "
            "a segment is decoded for it"},
           Value::flag(media.images));
  keys.key({"splice_keys", Reload::kNextWorker,
            "true: encoded renditions have a key frame at each splice (SCTE-35) of the feed, and a part begins with it "
            "where the parts before it are long enough; segments stay on their grid"},
           Value::flag(media.splice_keys));
  keys.key({"thumbnails", Reload::kNextWorker,
            "how often a small picture of each feed and rung is made for /api/v1/channels/NAME/thumbnail.jpg and the "
            "operations page, of the next key frame where nothing else is decoded; 0: never"},
           Value::duration(media.thumbnails, 0, 600 * kSecond));
  keys.key({"splice_cuts", Reload::kNextChannel,
            "true: as splice_keys, and a segment begins there, in every rendition, where it is announced in time: the "
            "segments beside it are from half to one and a half times as long as the others, and so is "
            "EXT-X-TARGETDURATION, always. A copied rendition is cut at its first key frame there or later"},
           Value::flag(media.splice_cuts));
  keys.section("markers", "what playlists show as EXT-X-DATERANGE, and parts have within",
               [&](Keys& in) { declare_markers(in, options); });
  declare_publishing(keys, channel);
  declare_publish_keys(keys, options);
  declare_standby(keys, media);
  declare_failover(keys, options.failover);
  declare_content_watch(keys, media.watch);
  Value source = Value::choice<bool>(media.copy_video, {{"transcode", false}, {"copy", true}});
  source.read = [read = source.read](const std::string& text) -> Complaint {
    // Not quoted: it may hold a passphrase.
    if (text.find("://") != std::string::npos)
      return " has to be transcode or copy; a URL belongs in feeds.primary.source";
    return read(text);
  };
  keys.key({"source", Reload::kNextWorker, "copy: the feed's own video is the top rung, untouched"}, source);
  declare_ladder(keys, media);
  keys.key({"audio_only", Reload::kNextChannel,
            "true: a variant of the audio alone, the last of the multivariant playlist, for networks that carry no "
            "picture. Not for apps of Apple TV, whose rules forbid it"},
           Value::choice<hls::AudioOnly>(options.audio_only,
                                         {{"false", hls::AudioOnly::kNo}, {"true", hls::AudioOnly::kYes}}));
  declare_shown(keys, channel);
  keys.section("audio", "", [&](Keys& in) { declare_audio(in, media); });
  declare_captions(keys, media.captions);
  declare_subtitles(keys, media.subtitles);
  declare_overlays(keys, options);
  declare_anchor(keys, media);
  keys.key(
      {"program", Reload::kNextWorker, "of a transport stream with several programs; 0: the first with video or audio"},
      Value::number(media.program, 0, 65535));
  keys.section(
      "event",
      "When the event is on. Before and after it viewers see the slate, whatever the feed shows; an operator's "
      "{\"on\": false} to …/slate shows the feed for the rest of that time.",
      [&](Keys& in) { declare_event(in, options.schedule); });
  keys.section("srt", "", [&](Keys& in) { declare_channel_srt(in, channel); });
  keys.section("upload",
               "To S3 while the channel is live: segments, then plain HLS playlists that list them, so that a bucket "
               "behind a CDN plays it. Live output never waits for it.",
               [&](Keys& in) { declare_upload(in, channel.upload); });
  declare_feeds(keys, channel);
  keys.check([&] { return channel_faults(options); });
  keys.check([&] { return schedule_faults(options); });
}

}  // namespace config
