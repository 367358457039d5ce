#include "transcode/caption_decoder.h"

#include <algorithm>
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
  if (code >= 0 && got != 0) {
    // The newest state of the screen counts.
    const AVSubtitleRect* newest = subtitle.num_rects > 0 ? subtitle.rects[subtitle.num_rects - 1] : nullptr;
    screen = newest != nullptr && newest->ass != nullptr ? text_of_ass(newest->ass) : "";
  }
  if (got != 0) avsubtitle_free(&subtitle);
  if (!screen || *screen == state.shown) return std::nullopt;
  state.shown = *screen;
  return screen;
}

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

}  // namespace transcode
