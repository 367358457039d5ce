#include "hls/multivariant.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "hls/tags.h"
#include "hls/uri.h"
#include "media/hdr.h"
#include "media/language.h"

namespace hls {
namespace {

// Where players begin (MV-23). Units: bit/s.
constexpr std::int64_t kIntendedStart = 2'000'000;

/// An EXT-X-MEDIA group of audio renditions.
struct Group {
  std::string id;
  std::vector<const Stream*> members;
  std::vector<std::string> names;  ///< NAME of each member, unique

  std::int64_t bandwidth() const { return most(&Stream::bandwidth); }
  std::int64_t average_bandwidth() const { return most(&Stream::average_bandwidth); }
  /// The one that plays unless chosen otherwise: MV-11 wants at most one.
  const Stream* default_member() const {
    auto chosen = std::find_if(members.begin(), members.end(), [](auto* member) { return member->is_default; });
    // What is for a few is no default.
    const auto for_all = [](auto* member) { return member->characteristics.empty(); };
    if (chosen == members.end()) chosen = std::find_if(members.begin(), members.end(), for_all);
    return chosen == members.end() ? members[0] : *chosen;
  }

 private:
  std::int64_t most(std::uint32_t Stream::* rate) const {
    std::int64_t highest = 0;
    for (const Stream* member : members) highest = std::max<std::int64_t>(highest, member->*rate);
    return highest;
  }
};

std::string_view label_of(const Stream& stream) {
  if (!stream.label.empty()) return stream.label;
  return stream.track.language.empty() ? std::string_view("Audio") : std::string_view(stream.track.language);
}

/// MV-11: names within a group are unique.
std::string unique_name(const std::string& label, std::set<std::string>& taken) {
  std::string name = label;
  for (int i = 2; !taken.insert(name).second; ++i) name = label + " " + std::to_string(i);
  return name;
}

/// Of two members with one label the second has its language behind it, if that differs and has a name.
void name_members(Group& group) {
  std::set<std::string> taken;
  for (auto member = group.members.begin(); member != group.members.end(); ++member) {
    std::string label(label_of(**member));
    const std::string& language = (*member)->track.language;
    const bool told_apart = std::all_of(group.members.begin(), member, [&](const Stream* other) {
      return label_of(*other) != label || other->track.language != language;
    });
    const std::string_view people_say = media::language_name(language);
    if (taken.contains(label) && told_apart && !people_say.empty()) {
      label += " (";
      label += people_say;
      label += ')';
    }
    group.names.push_back(unique_name(label, taken));
  }
}

/// MV-12: what members of parallel groups must have in common.
std::multiset<std::tuple<std::string, std::string, std::string>> identity(const Group& group) {
  std::multiset<std::tuple<std::string, std::string, std::string>> members;
  for (const Stream* member : group.members) {
    members.emplace(label_of(*member), member->track.language, member->characteristics);
  }
  return members;
}

bool is_surround(const Stream& stream) { return stream.track.audio.channels > 2; }

/// What every player has, or plays in stereo (MV-26).
bool plays_everywhere(const Group& group) {
  return group.members[0]->track.codec == media::Codec::kAac && !is_surround(*group.members[0]);
}

std::vector<Group> group_audio(const std::vector<const Stream*>& audio) {
  std::vector<Group> groups;
  for (const Stream* stream : audio) {
    auto at = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
      const Stream& first = *group.members[0];
      return first.track.codec == stream->track.codec && is_surround(first) == is_surround(*stream);
    });
    if (at == groups.end()) at = groups.insert(groups.end(), Group{});
    at->members.push_back(stream);
  }
  const bool parallel = std::all_of(groups.begin(), groups.end(),
                                    [&](const Group& group) { return identity(group) == identity(groups[0]); });
  if (!parallel) groups = {Group{"", audio, {}}};
  std::stable_partition(groups.begin(), groups.end(), plays_everywhere);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i].id = i == 0 ? "audio" : "audio" + std::to_string(i + 1);
    name_members(groups[i]);
  }
  return groups;
}

void write_uri(std::string& out, const Stream& stream) {
  out += stream.name;
  out += '/';
  out += kPlaylistFile;
}

void write_media(std::string& out, const Group& group) {
  const Stream* plays_first = group.default_member();
  for (std::size_t i = 0; i < group.members.size(); ++i) {
    const Stream& member = *group.members[i];
    out += "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=";
    write_quoted(out, group.id);
    out += ",NAME=";
    write_quoted(out, group.names[i]);
    out += ",LANGUAGE=";
    write_quoted(out, media::language_tag(member.track.language));
    out += &member == plays_first ? ",DEFAULT=YES,AUTOSELECT=YES" : ",DEFAULT=NO,AUTOSELECT=YES";
    if (!member.characteristics.empty()) {
      out += ",CHARACTERISTICS=";
      write_quoted(out, member.characteristics);
    }
    if (member.track.audio.channels > 0) {
      out += ",CHANNELS=";
      write_quoted(out, std::to_string(member.track.audio.channels));
    }
    out += ",URI=\"";
    write_uri(out, member);
    out += "\"\n";
  }
}

constexpr std::string_view kCaptionGroup = "cc";

std::string_view label_of(const media::Caption& caption) {
  if (!caption.name.empty()) return caption.name;
  const std::string_view language = media::language_name(caption.language);
  return language.empty() ? std::string_view(caption.service) : language;
}

bool is_digital(const media::Caption& caption) { return caption.service.starts_with("SERVICE"); }

/// MV-13. Players choose a caption service by the viewer's settings; none is shown unasked. Those of CEA-708 come
/// first: hls.js 1.7, which decodes CEA-608 alone, gives CC1 the name of the last of CC1 and SERVICE1.
void write_captions(std::string& out, const media::Captions& captions) {
  std::set<std::string> taken;
  std::vector<media::Caption> services = captions.services;
  for (media::Caption& caption : services) caption.name = unique_name(std::string(label_of(caption)), taken);
  std::stable_partition(services.begin(), services.end(), is_digital);
  for (const media::Caption& caption : services) {
    out += "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=";
    write_quoted(out, kCaptionGroup);
    out += ",NAME=";
    write_quoted(out, caption.name);
    out += ",LANGUAGE=";
    write_quoted(out, media::language_tag(caption.language));
    out += ",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID=";
    write_quoted(out, caption.service);
    out += '\n';
  }
}

constexpr std::string_view kTextGroup = "subs";

std::string_view label_of_text(const Stream& stream) {
  if (!stream.label.empty()) return stream.label;
  const std::string_view language = media::language_name(stream.track.language);
  return language.empty() ? std::string_view(stream.name) : language;
}

/// SUBTITLES have a playlist each (MV-13). None plays unasked unless the operator says so.
void write_texts(std::string& out, const std::vector<const Stream*>& texts) {
  std::set<std::string> taken;
  bool any_default = false;
  for (const Stream* text : texts) {
    out += "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=";
    write_quoted(out, kTextGroup);
    out += ",NAME=";
    write_quoted(out, unique_name(std::string(label_of_text(*text)), taken));
    out += ",LANGUAGE=";
    write_quoted(out, media::language_tag(text->track.language));
    const bool plays = text->is_default && !any_default;  // MV-11
    any_default = any_default || plays;
    out += plays ? ",DEFAULT=YES,AUTOSELECT=YES" : ",DEFAULT=NO,AUTOSELECT=YES";
    if (text->forced) out += ",FORCED=YES";
    if (!text->characteristics.empty()) {
      out += ",CHARACTERISTICS=";
      write_quoted(out, text->characteristics);
    }
    out += ",URI=\"";
    write_uri(out, *text);
    out += "\"\n";
  }
}

/// MV-6: formats of the stream and of everything in its group, each once.
void write_codecs(std::string& out, const Stream& stream, const Group* group) {
  std::vector<std::string_view> codecs{stream.track.codec_string};
  if (group != nullptr) {
    for (const Stream* member : group->members) codecs.push_back(member->track.codec_string);
  }
  std::string list;
  for (auto codec = codecs.begin(); codec != codecs.end(); ++codec) {
    if (codec->empty() || std::find(codecs.begin(), codec, *codec) != codec) continue;
    if (!list.empty()) list += ',';
    list += *codec;
  }
  if (list.empty()) return;
  out += ",CODECS=";
  write_quoted(out, list);
}

/// MV-8.
std::string_view video_range(const media::Colour& colour) {
  switch (media::dynamic_range(colour)) {
    case media::DynamicRange::kSdr: return "SDR";
    case media::DynamicRange::kPq: return "PQ";
    case media::DynamicRange::kHlg: return "HLG";
  }
  return "SDR";
}

void write_range(std::string& out, const media::Colour& colour) {
  out += ",VIDEO-RANGE=";
  out += video_range(colour);
}

void write_resolution(std::string& out, const media::VideoParams& video) {
  if (video.width > 0 && video.height > 0) {
    // The size at which it is shown, with square pixels.
    const media::Rational aspect = video.pixel_aspect.known() ? video.pixel_aspect : media::Rational{1, 1};
    out += ",RESOLUTION=";
    write_integer(out, media::rescale(video.width, aspect.den, aspect.num));
    out += 'x';
    write_integer(out, video.height);
  }
}

/// `with_range`: some variant is not SDR, so each one says its range (MV-8).
void write_picture(std::string& out, const media::VideoParams& video, bool with_range) {
  write_resolution(out, video);
  if (video.frame_rate.known()) {
    out += ",FRAME-RATE=";
    write_rate(out, video.frame_rate.num, video.frame_rate.den);
  }
  if (with_range) write_range(out, video.colour);
}

struct Variant {
  const Stream* stream = nullptr;
  const Group* group = nullptr;
  std::int64_t bandwidth = 0;
  std::int64_t average_bandwidth = 0;
};

Variant make_variant(const Stream& stream, const Group* group) {
  Variant variant{&stream, group, stream.bandwidth, stream.average_bandwidth};
  if (group == nullptr) return variant;
  if (stream.track.kind() == media::Kind::kAudio) {
    // One of the group plays, whichever: the variant's own rendition is one of it.
    variant.bandwidth = group->bandwidth();
    variant.average_bandwidth = group->average_bandwidth();
    return variant;
  }
  variant.bandwidth += group->bandwidth();  // MV-2, MV-5
  variant.average_bandwidth += group->average_bandwidth();
  return variant;
}

void write_variant(std::string& out, const Variant& variant, bool with_range, const media::Captions& captions,
                   bool with_texts) {
  out += "#EXT-X-STREAM-INF:BANDWIDTH=";
  write_integer(out, variant.bandwidth);
  out += ",AVERAGE-BANDWIDTH=";
  write_integer(out, variant.average_bandwidth);
  write_codecs(out, *variant.stream, variant.group);
  if (variant.stream->track.kind() == media::Kind::kVideo) write_picture(out, variant.stream->track.video, with_range);
  if (variant.group != nullptr) {
    out += ",AUDIO=";
    write_quoted(out, variant.group->id);
  }
  if (with_texts) {
    out += ",SUBTITLES=";
    write_quoted(out, kTextGroup);
  }
  if (captions.none) {
    out += ",CLOSED-CAPTIONS=NONE";
  } else if (!captions.services.empty()) {
    out += ",CLOSED-CAPTIONS=";
    write_quoted(out, kCaptionGroup);
  }
  out += '\n';
  write_uri(out, *variant.stream);
  out += '\n';
}

/// MV-16. A key frame takes no more than one second's bits: the buffer of a rung holds half a second, and that of an
/// encoder that is copied seldom more than one.
void write_key_frames(std::string& out, const Stream& stream, media::Rational every, bool with_range) {
  const std::int64_t rate = media::rescale(stream.bandwidth, every.num, every.den, media::Round::kUp);
  out += "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=";
  write_integer(out, std::min<std::int64_t>(rate, stream.bandwidth));
  write_codecs(out, stream, nullptr);
  write_resolution(out, stream.track.video);
  if (with_range) write_range(out, stream.track.video.colour);
  out += ",URI=\"";
  out += stream.name;
  out += '/';
  out += kKeyFramesFile;
  out += "\"\n";
}

// Of 320 x 180 pixels, as transcode/thumbnail.cc makes them, 10 KB are usual; noise takes 30.
constexpr std::int64_t kImageBits = 8 * 30'000;
constexpr double kImageSize = 320;

/// Images have the shape of the video, and about that size.
void write_images(std::string& out, const Stream& video, media::Rational every) {
  const media::VideoParams& picture = video.track.video;
  const media::Rational aspect = picture.pixel_aspect.known() ? picture.pixel_aspect : media::Rational{1, 1};
  const double width = static_cast<double>(media::rescale(picture.width, aspect.den, aspect.num));
  const double scale = std::min(1.0, kImageSize / std::max({width, static_cast<double>(picture.height), 1.0}));
  const auto even = [&](double length) { return std::max(2, static_cast<int>(std::lround(length * scale / 2)) * 2); };
  out += "#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=";
  write_integer(out, media::rescale(kImageBits, every.num, every.den, media::Round::kUp));
  out += ",RESOLUTION=" + std::to_string(even(width)) + "x" + std::to_string(even(picture.height));
  out += ",CODECS=\"jpeg\",URI=\"";
  out += kImages;
  out += '/';
  out += kPlaylistFile;
  out += "\"\n";
}

media::DynamicRange range_of(const Variant& variant) {
  return media::dynamic_range(variant.stream->track.video.colour);
}

/// MV-23: the variant nearest to the intended start comes first, the others as they were. A player leaves out the
/// ranges that it cannot show and begins with the first variant of what is left, so that each range has its own start;
/// one that knows nothing of ranges begins with SDR, which every display shows. All begin with the first group's audio.
void put_start_first(std::vector<Variant>& variants) {
  const Group* everywhere = variants.empty() ? nullptr : variants.front().group;
  std::stable_sort(variants.begin(), variants.end(),
                   [](const Variant& a, const Variant& b) { return range_of(a) < range_of(b); });
  for (auto range = variants.begin(); range != variants.end();) {
    const auto end =
        std::find_if(range, variants.end(), [&](const Variant& v) { return range_of(v) != range_of(*range); });
    const auto start = std::min_element(range, end, [&](const Variant& a, const Variant& b) {
      if ((a.group == everywhere) != (b.group == everywhere)) return a.group == everywhere;
      return std::abs(a.bandwidth - kIntendedStart) < std::abs(b.bandwidth - kIntendedStart);
    });
    std::rotate(range, start, start + 1);
    range = end;
  }
}

std::vector<Variant> make_variants(const std::vector<const Stream*>& video, const std::vector<const Stream*>& audio,
                                   const std::vector<Group>& groups) {
  std::vector<Variant> variants;
  for (const Stream* stream : video) {
    for (const Group& group : groups) variants.push_back(make_variant(*stream, &group));
    if (groups.empty()) variants.push_back(make_variant(*stream, nullptr));
  }
  if (!video.empty()) return variants;
  // Audio alone: a variant a group, by the member that plays by default; without groups the one stream there is.
  for (const Group& group : groups) {
    variants.push_back(make_variant(*group.default_member(), &group));
  }
  if (groups.empty() && !audio.empty()) variants.push_back(make_variant(*audio[0], nullptr));
  return variants;
}

/// LL-7: 4 is what the specification proposes where renditions are named, 7 is for captions of CEA-708.
int version_of(bool renditions, const media::Captions& captions) {
  const auto& services = captions.services;
  const bool digital = std::any_of(services.begin(), services.end(), is_digital);
  if (digital) return 7;
  return renditions || !services.empty() ? 4 : 1;
}

/// Calls `write(out, uri)` in place of each URI.
template <typename Write>
std::string rewrite_uris(std::string_view playlist, const Write& write) {
  constexpr std::string_view kAttribute = "URI=\"";
  std::string out;
  out.reserve(playlist.size() + 1024);
  while (!playlist.empty()) {
    const std::size_t end = std::min(playlist.find('\n'), playlist.size());
    const std::string_view line = playlist.substr(0, end);
    const bool whole = end < playlist.size();
    playlist.remove_prefix(end + (whole ? 1 : 0));
    const std::size_t attribute = line.find(kAttribute);
    if (!line.empty() && line.front() != '#') {
      write(out, line);
    } else if (attribute != std::string_view::npos) {
      const std::size_t uri = attribute + kAttribute.size();
      const std::size_t quote = std::min(line.find('"', uri), line.size());
      out += line.substr(0, uri);
      write(out, line.substr(uri, quote - uri));
      out += line.substr(quote);
    } else {
      out += line;
    }
    if (whole) out += '\n';
  }
  return out;
}

}  // namespace

std::string render_multivariant(std::span<const Stream> streams, bool independent_segments,
                                const media::Captions& captions, AudioOnly audio_only, const Stills& stills) {
  std::vector<const Stream*> video;
  std::vector<const Stream*> audio;
  std::vector<const Stream*> texts;
  for (const Stream& stream : streams) {
    if (stream.track.kind() == media::Kind::kVideo) video.push_back(&stream);
    if (stream.track.kind() == media::Kind::kAudio) audio.push_back(&stream);
    if (stream.track.kind() == media::Kind::kText) texts.push_back(&stream);
  }
  std::vector<Group> groups;
  if (!audio.empty() && (!video.empty() || audio.size() > 1)) groups = group_audio(audio);
  std::vector<Variant> variants = make_variants(video, audio, groups);
  put_start_first(variants);
  // Behind all others: a player that knows nothing of the network begins with a picture.
  if (audio_only == AudioOnly::kYes && !video.empty() && !groups.empty())
    variants.push_back(make_variant(*groups[0].default_member(), &groups[0]));
  const bool all_sdr = std::all_of(video.begin(), video.end(),
                                   [](const Stream* s) { return video_range(s->track.video.colour) == "SDR"; });

  std::string out =
      "#EXTM3U\n#EXT-X-VERSION:" + std::to_string(version_of(!groups.empty() || !texts.empty(), captions)) + "\n";
  if (independent_segments) out += "#EXT-X-INDEPENDENT-SEGMENTS\n";  // LL-48
  for (const Group& group : groups) write_media(out, group);
  write_texts(out, texts);
  write_captions(out, captions);
  for (const Variant& variant : variants) write_variant(out, variant, !all_sdr, captions, !texts.empty());
  if (stills.iframes) {
    for (const Stream* stream : video) write_key_frames(out, *stream, stills.every, !all_sdr);
  }
  if (stills.images && !video.empty()) write_images(out, *video.front(), stills.every);
  return out;
}

std::string rebase_multivariant(std::string_view playlist, std::string_view base) {
  return rewrite_uris(playlist, [base](std::string& out, std::string_view uri) {
    out += base;
    out += uri;
  });
}

std::string with_query(std::string_view playlist, std::string_view query) {
  return rewrite_uris(playlist, [query](std::string& out, std::string_view uri) {
    out += uri;
    out += '?';
    out += query;
  });
}

}  // namespace hls
