#include "transcode/deinterlacer.h"

#include <string>

extern "C" {
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
}

#include "media/time.h"

namespace transcode {
namespace {

base::Result<AVFilterContext*> add_filter(AVFilterGraph& graph, const char* filter, const std::string& arguments) {
  const AVFilter* kind = avfilter_get_by_name(filter);
  if (kind == nullptr) {
    return base::Error{base::Code::kUnsupported, std::string("this libavfilter has no ") + filter};
  }
  AVFilterContext* context = nullptr;
  const int code = avfilter_graph_create_filter(&context, kind, filter, arguments.c_str(), nullptr, &graph);
  if (code < 0) return av_failure(code, std::string("filter ") + filter);
  return context;
}

}  // namespace

base::Result<Deinterlacer> Deinterlacer::make(const AVFrame& sample, std::int64_t timescale, Motion motion,
                                              int threads) {
  Deinterlacer made;
  made.graph_.reset(avfilter_graph_alloc());
  if (made.graph_ == nullptr) return av_failure(AVERROR(ENOMEM), "filter graph");
  made.motion_ = motion;
  made.width_ = sample.width;
  made.height_ = sample.height;
  made.format_ = sample.format;
  made.graph_->nb_threads = threads;
  const std::string input = "width=" + std::to_string(sample.width) + ":height=" + std::to_string(sample.height) +
                            ":pix_fmt=" + std::to_string(sample.format) + ":time_base=1/" + std::to_string(timescale);
  const char* mode = motion == Motion::kFrameEachField ? "mode=send_field" : "mode=send_frame";
  TRY(made.source_, add_filter(*made.graph_, "buffer", input));
  TRY(AVFilterContext * bwdif, add_filter(*made.graph_, "bwdif", std::string(mode) + ":parity=auto:deint=interlaced"));
  TRY(made.sink_, add_filter(*made.graph_, "buffersink", ""));
  int code = avfilter_link(made.source_, 0, bwdif, 0);
  if (code >= 0) code = avfilter_link(bwdif, 0, made.sink_, 0);
  if (code >= 0) code = avfilter_graph_config(made.graph_.get(), nullptr);
  if (code < 0) return av_failure(code, "configuring bwdif");
  return made;
}

bool Deinterlacer::fits(const AVFrame& frame) const {
  return frame.width == width_ && frame.height == height_ && frame.format == format_;
}

base::Status Deinterlacer::push(FramePtr frame) {
  if (frame->pkt_duration > 0) frame_ticks_ = frame->pkt_duration;
  const int code = av_buffersrc_add_frame(source_, frame.get());
  if (code < 0) return av_failure(code, "bwdif");
  return base::Ok{};
}

base::Status Deinterlacer::end() {
  const int code = av_buffersrc_add_frame(source_, nullptr);
  if (code < 0) return av_failure(code, "bwdif");
  return base::Ok{};
}

/// A picture that was not interlaced left the time of its second field empty: show it again there.
void Deinterlacer::repeat_until(std::int64_t next_pts) {
  if (motion_ != Motion::kFrameEachField || last_ == nullptr || frame_ticks_ == 0) return;
  const std::int64_t gap = next_pts - last_->pts;
  const bool one_missing = gap > frame_ticks_ * 3 / 4 && gap < frame_ticks_ * 3 / 2;
  if (!one_missing) return;
  FramePtr again(av_frame_clone(last_.get()));
  if (again == nullptr) return;
  again->pts = last_->pts + gap / 2;
  av_frame_remove_side_data(again.get(), AV_FRAME_DATA_A53_CC);
  ready_.push_back(std::move(again));
  ++duplicated_;
}

FramePtr Deinterlacer::pull() {
  if (ready_.empty()) {
    FramePtr frame(av_frame_alloc());
    if (frame == nullptr || av_buffersink_get_frame(sink_, frame.get()) < 0) return nullptr;
    if (motion_ == Motion::kFrameEachField) {
      // send_field counts in half ticks.
      frame->pts = media::floor_div(frame->pts, 2);
      frame->pkt_duration = frame_ticks_ / 2;
      // Both fields of a picture come with all that is said of it; captions are characters to be typed: once.
      const bool second = last_ != nullptr && last_->reordered_opaque == frame->reordered_opaque;
      if (second) av_frame_remove_side_data(frame.get(), AV_FRAME_DATA_A53_CC);
    }
    repeat_until(frame->pts);
    last_.reset(av_frame_clone(frame.get()));
    ready_.push_back(std::move(frame));
  }
  FramePtr next = std::move(ready_.front());
  ready_.pop_front();
  return next;
}

}  // namespace transcode
