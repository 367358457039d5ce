#include "transcode/caption_decoder.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <vector>

extern "C" {
#include <libavutil/opt.h>
}

#include "captions/user_data.h"
#include "transcode/av.h"

namespace transcode {
namespace {

// ReadOrder, Layer, Style, Name, MarginL, MarginR, MarginV, Effect: each ends with a comma, and the text follows.
constexpr int kFieldsBeforeText = 8;

void end_line(std::string& text, std::string& line) {
  const std::size_t first = line.find_first_not_of(' ');
  if (first != std::string::npos) {
    if (!text.empty()) text += '\n';
    text += line.substr(first, line.find_last_not_of(' ') - first + 1);
  }
  line.clear();
}

}  // namespace

struct CaptionDecoder::State {
  CodecContextPtr context;
  AvPacketPtr packet;
  std::vector<std::uint8_t> bytes;
  std::string shown;
  std::optional<media::CuePlace> place;
};

CaptionDecoder::CaptionDecoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
CaptionDecoder::~CaptionDecoder() = default;
CaptionDecoder::CaptionDecoder(CaptionDecoder&&) noexcept = default;
CaptionDecoder& CaptionDecoder::operator=(CaptionDecoder&&) noexcept = default;

base::Result<CaptionDecoder> CaptionDecoder::make() {
  quiet_libav();
  const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_EIA_608);
  if (codec == nullptr) return base::Error{base::Code::kUnsupported, "this libavcodec has no decoder for captions"};
  auto state = std::make_unique<State>();
  state->context.reset(avcodec_alloc_context3(codec));
  state->packet.reset(av_packet_alloc());
  if (state->context == nullptr || state->packet == nullptr) return av_failure(AVERROR(ENOMEM), "caption decoder");
  AVCodecContext& context = *state->context;
  context.pkt_timebase = {1, static_cast<int>(base::kSecond)};
  av_opt_set_int(context.priv_data, "real_time", 1, 0);
  av_opt_set_int(context.priv_data, "real_time_latency_msec", kTyping / base::kMillisecond, 0);
  av_opt_set(context.priv_data, "data_field", "first", 0);
  if (const int code = avcodec_open2(&context, codec, nullptr); code < 0)
    return av_failure(code, "opening the caption decoder");
  return CaptionDecoder(std::move(state));
}

std::optional<std::string> CaptionDecoder::feed(std::span<const captions::Triplet> triplets, base::Micros at) {
  State& state = *state_;
  static constexpr captions::Triplet kPadding{true, captions::Triplet::Kind::kField1, 0x80, 0x80};
  state.bytes.clear();
  captions::write_triplets(triplets.empty() ? std::span(&kPadding, 1) : triplets, state.bytes);
  if (av_new_packet(state.packet.get(), static_cast<int>(state.bytes.size())) < 0) return std::nullopt;
  std::copy(state.bytes.begin(), state.bytes.end(), state.packet->data);
  state.packet->pts = at;
  AVSubtitle subtitle{};
  int got = 0;
  const int code = avcodec_decode_subtitle2(state.context.get(), &subtitle, &got, state.packet.get());
  av_packet_unref(state.packet.get());
  std::optional<std::string> screen;
  std::optional<media::CuePlace> place;
  if (code >= 0 && got != 0) {
    // The newest state of the screen counts.
    const AVSubtitleRect* newest = subtitle.num_rects > 0 ? subtitle.rects[subtitle.num_rects - 1] : nullptr;
    const char* const event = newest != nullptr ? newest->ass : nullptr;
    screen = event != nullptr ? text_of_ass(event) : "";
    if (!screen->empty()) place = place_of_ass(event);
  }
  if (got != 0) avsubtitle_free(&subtitle);
  if (!screen || (*screen == state.shown && place == state.place)) return std::nullopt;
  state.shown = *screen;
  state.place = place;
  return screen;
}

const std::optional<media::CuePlace>& CaptionDecoder::place() const { return state_->place; }

std::string text_of_ass(std::string_view event) {
  for (int i = 0; i < kFieldsBeforeText; ++i) {
    const std::size_t comma = event.find(',');
    if (comma == std::string_view::npos) return "";
    event.remove_prefix(comma + 1);
  }
  std::string text;
  std::string line;
  for (std::size_t i = 0; i < event.size(); ++i) {
    if (event[i] == '{') {
      i = std::min(event.find('}', i), event.size());
    } else if (event[i] == '\\' && i + 1 < event.size() && (event[i + 1] == 'N' || event[i + 1] == 'n')) {
      end_line(text, line);
      ++i;
    } else if (event[i] == '\\' && i + 1 < event.size() && event[i + 1] == 'h') {
      line += ' ';
      ++i;
    } else if (event[i] == '\r' || event[i] == '\n') {
      end_line(text, line);
    } else {
      line += event[i];
    }
  }
  end_line(text, line);
  return text;
}

std::optional<media::CuePlace> place_of_ass(std::string_view event) {
  constexpr std::string_view kPosition = "\\pos(";
  constexpr int kWide = 384;  // the size of the screen in which FFmpeg places lines
  constexpr int kHigh = 288;
  constexpr int kRowHeight = 80 / 15 + 1;  // in percent, rounded up
  std::optional<media::CuePlace> place;
  for (std::size_t at = event.find(kPosition); at != std::string_view::npos; at = event.find(kPosition, at + 1)) {
    int x = 0;
    int y = 0;
    const std::string numbers(event.substr(at + kPosition.size(), 16));
    if (std::sscanf(numbers.c_str(), "%4d,%4d)", &x, &y) != 2) continue;
    const int left = std::clamp((100 * x + kWide / 2) / kWide, 0, 100);
    const int top = std::clamp((100 * y + kHigh / 2) / kHigh, 0, 100);
    const int bottom = std::min(top + kRowHeight, 100);
    if (!place) place = media::CuePlace{top, bottom, left, media::CuePlace::Align::kLeft};
    place->top = std::min(place->top, top);
    place->bottom = std::max(place->bottom, bottom);
    place->across = std::min(place->across, left);
  }
  return place;
}

}  // namespace transcode
