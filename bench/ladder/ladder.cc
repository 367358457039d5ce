// Runs a file through VideoLadder and AudioTranscoder: demux, decode, scale, encode, MPEG-TS, as the ffmpeg program
// does it with the same settings (see run). What it costs is measured from outside, over the whole process.
//
//   bench_ladder INPUT OUTPUT.ts PRESET SECONDS [--paced] HEIGHT:BITRATE…
//
// --paced feeds at the media's own pace and prints how long frames took from feed() to their packet.

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include <libavformat/avformat.h>
}

#include "media/describe.h"
#include "transcode/audio_transcoder.h"
#include "transcode/video_ladder.h"

namespace {

struct CloseInput {
  void operator()(AVFormatContext* input) const { avformat_close_input(&input); }
};
struct CloseOutput {
  void operator()(AVFormatContext* output) const {
    avio_closep(&output->pb);
    avformat_free_context(output);
  }
};

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "bench_ladder: %s\n", what.c_str());
  std::exit(1);
}

template <typename T>
T need(base::Result<T> result) {
  if (!result) die(result.error().message());
  return result.take();
}

struct Job {
  std::string input;
  std::string output;
  std::string preset;
  double seconds = 0;
  bool paced = false;
  std::vector<job::Rung> rungs;
};

Job parse(int argc, char** argv) {
  if (argc < 6) die("usage: bench_ladder INPUT OUTPUT.ts PRESET SECONDS [--paced] HEIGHT:BITRATE…");
  Job job{argv[1], argv[2], argv[3], std::atof(argv[4]), false, {}};
  for (int i = 5; i < argc; ++i) {
    if (std::strcmp(argv[i], "--paced") == 0) {
      job.paced = true;
      continue;
    }
    job::Rung rung;
    if (std::sscanf(argv[i], "%d:%d", &rung.height, &rung.bitrate) != 2) die(std::string("not a rung: ") + argv[i]);
    rung.name = std::to_string(rung.height) + "p";
    rung.preset = job.preset;
    // The same rate control as the peer's command: -maxrate B -bufsize B.
    rung.max_bitrate = rung.buffer_bits = rung.bitrate;
    job.rungs.push_back(rung);
  }
  return job;
}

media::Track track_of(const AVStream& stream) {
  const AVCodecParameters& parameters = *stream.codecpar;
  media::Track track;
  track.id = static_cast<std::uint32_t>(stream.index);
  track.timescale = stream.time_base.den / stream.time_base.num;
  track.config = base::Bytes::copy_of({parameters.extradata, static_cast<std::size_t>(parameters.extradata_size)});
  if (parameters.codec_type == AVMEDIA_TYPE_AUDIO) {
    track.codec = media::Codec::kAac;
    track.audio = {parameters.sample_rate, parameters.ch_layout.nb_channels, 1024, 0};
    return track;
  }
  track.codec = media::Codec::kH264;
  track = need(media::describe(track));
  track.video.frame_rate = {stream.avg_frame_rate.num, stream.avg_frame_rate.den};
  return track;
}

/// Writes what comes out into one transport stream.
class TsOutput : public transcode::Output {
 public:
  TsOutput(const std::string& path, std::size_t streams) : tracks_(streams) {
    AVFormatContext* context = nullptr;
    if (avformat_alloc_output_context2(&context, nullptr, "mpegts", path.c_str()) < 0) die("no mpegts muxer");
    context_.reset(context);
    if (avio_open(&context_->pb, path.c_str(), AVIO_FLAG_WRITE) < 0) die("cannot write " + path);
  }
  ~TsOutput() override { av_write_trailer(context_.get()); }

  /// Where the indices that on_track and on_packet are called with begin.
  void set_first(std::size_t first) { first_ = first; }
  void on_track(std::size_t rung, const media::Track& track) override {
    const std::size_t index = first_ + rung;
    tracks_.at(index) = track;
    AVStream* stream = avformat_new_stream(context_.get(), nullptr);
    AVCodecParameters& parameters = *stream->codecpar;
    const bool audio = track.kind() == media::Kind::kAudio;
    parameters.codec_type = audio ? AVMEDIA_TYPE_AUDIO : AVMEDIA_TYPE_VIDEO;
    parameters.codec_id = audio ? AV_CODEC_ID_AAC : AV_CODEC_ID_H264;
    parameters.width = track.video.width;
    parameters.height = track.video.height;
    parameters.sample_rate = track.audio.sample_rate;
    av_channel_layout_default(&parameters.ch_layout, track.audio.channels);
    parameters.extradata = static_cast<std::uint8_t*>(av_mallocz(track.config.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    std::memcpy(parameters.extradata, track.config.data(), track.config.size());
    parameters.extradata_size = static_cast<int>(track.config.size());
    stream->time_base = {1, static_cast<int>(track.timescale)};
    if (index + 1 == tracks_.size() && avformat_write_header(context_.get(), nullptr) < 0) die("mpegts header");
  }
  void on_packet(std::size_t rung, media::Packet&& packet) override {
    const std::size_t index = first_ + rung;
    AVPacket* coded = av_packet_alloc();
    if (av_new_packet(coded, static_cast<int>(packet.data.size())) < 0) die("no memory");
    std::memcpy(coded->data, packet.data.data(), packet.data.size());
    coded->stream_index = static_cast<int>(index);
    coded->pts = packet.pts;
    coded->dts = packet.dts;
    coded->duration = packet.duration;
    if (packet.key) coded->flags |= AV_PKT_FLAG_KEY;
    av_packet_rescale_ts(coded, {1, static_cast<int>(tracks_[index].timescale)}, context_->streams[index]->time_base);
    if (av_write_frame(context_.get(), coded) < 0) die("mpegts packet");
    av_packet_free(&coded);
    ++packets_;
  }
  std::size_t packets() const { return packets_; }

 private:
  std::unique_ptr<AVFormatContext, CloseOutput> context_;
  std::vector<media::Track> tracks_;
  std::size_t first_ = 0;
  std::size_t packets_ = 0;
};

media::Packet packet_of(const AVPacket& coded) {
  media::Packet packet;
  packet.pts = coded.pts;
  packet.dts = coded.dts;
  packet.duration = coded.duration;
  packet.key = packet.idr = (coded.flags & AV_PKT_FLAG_KEY) != 0;
  packet.data = base::Bytes::copy_of({coded.data, static_cast<std::size_t>(coded.size)});
  return packet;
}

class Run {
 public:
  explicit Run(const Job& job) : job_(job), out_(job.output, job.rungs.size() + 1) {
    AVFormatContext* context = nullptr;
    if (avformat_open_input(&context, job.input.c_str(), nullptr, nullptr) < 0) die("cannot open " + job.input);
    input_.reset(context);
    if (avformat_find_stream_info(context, nullptr) < 0) die("cannot read " + job.input);
    video_ = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    audio_ = av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    if (video_ < 0 || audio_ < 0) die("the input needs H.264 and AAC");
    transcode::VideoLadder::Options options;
    options.segment = {1, 1};
    options.when_full = job.paced ? transcode::VideoLadder::WhenFull::kDrop : transcode::VideoLadder::WhenFull::kWait;
    ladder_ = need(transcode::VideoLadder::make(track_of(*context->streams[video_]), job.rungs, options));
    sound_ = need(transcode::AudioTranscoder::make(track_of(*context->streams[audio_]),
                                                   {{"a1", media::Codec::kAac, 128'000, 2, 0}}, {}));
    ladder_->drain(out_);
    out_.set_first(job.rungs.size());
    sound_->announce(out_);
  }

  void run() {
    AVPacket* coded = av_packet_alloc();
    const auto start = std::chrono::steady_clock::now();
    while (av_read_frame(input_.get(), coded) >= 0) {
      const AVRational base = input_->streams[coded->stream_index]->time_base;
      const double at = static_cast<double>(coded->dts) * base.num / base.den;
      if (at >= job_.seconds) break;
      if (job_.paced) wait_until(start + std::chrono::microseconds(static_cast<std::int64_t>(at * 1e6)));
      if (coded->stream_index == video_) {
        ladder_->feed(packet_of(*coded));
      } else if (coded->stream_index == audio_) {
        out_.set_first(job_.rungs.size());
        sound_->feed(packet_of(*coded), out_);
      }
      drain();
      av_packet_unref(coded);
    }
    av_packet_free(&coded);
    ladder_->flush();
    drain();
    out_.set_first(job_.rungs.size());
    sound_->flush(out_);
    if (job_.paced) report();
  }

 private:
  void drain() {
    out_.set_first(0);
    ladder_->drain(out_);
  }
  void wait_until(std::chrono::steady_clock::time_point when) {
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(when - std::chrono::steady_clock::now());
      if (left.count() <= 0) return;
      pollfd descriptor{ladder_->descriptor(), POLLIN, 0};
      if (poll(&descriptor, 1, static_cast<int>(left.count())) > 0) {
        drain();
        const auto counters = ladder_->counters();
        for (const auto& rung : counters.rungs) delays_.push_back(rung.last_delay);
      }
    }
  }
  void report() {
    std::sort(delays_.begin(), delays_.end());
    const auto counters = ladder_->counters();
    std::printf("delay_ms median %.1f p99 %.1f max %.1f dropped %llu\n",
                static_cast<double>(delays_.at(delays_.size() / 2)) / 1000,
                static_cast<double>(delays_.at(delays_.size() * 99 / 100)) / 1000,
                static_cast<double>(delays_.back()) / 1000,
                static_cast<unsigned long long>(counters.dropped_packets + counters.dropped_frames));
  }

  const Job& job_;
  TsOutput out_;
  std::unique_ptr<AVFormatContext, CloseInput> input_;
  int video_ = -1;
  int audio_ = -1;
  std::unique_ptr<transcode::VideoLadder> ladder_;
  std::unique_ptr<transcode::AudioTranscoder> sound_;
  std::vector<base::Micros> delays_;
};

}  // namespace

int main(int argc, char** argv) {
  const Job job = parse(argc, argv);
  Run(job).run();
  return 0;
}
