#include "transcode/picture_source.h"

#include <utility>

#include "base/log.h"

namespace transcode {

PictureSource::PictureSource(const media::Track& track, Decoder decoder, int threads, Take take)
    : track_(track), decoder_(std::move(decoder)), threads_(threads), take_(std::move(take)) {}

void PictureSource::feed(const media::Packet& packet, base::Micros fed_at) {
  const std::int64_t mark = mark_++;
  origins_[static_cast<std::size_t>(mark) % origins_.size()] = {packet.arrived, fed_at};
  if (!decoder_.send(packet, mark)) ++errors_;
  receive();
}

void PictureSource::receive() {
  while (FramePtr frame = decoder_.receive()) {
    ++decoded_;
    on_picture(std::move(frame));
  }
  errors_ += decoder_.take_errors();
}

void PictureSource::on_picture(FramePtr frame) {
  if (frame->pts == AV_NOPTS_VALUE) frame->pts = frame->best_effort_timestamp;
  if (frame->pts == AV_NOPTS_VALUE) {
    ++errors_;
    return;
  }
  // Once a picture was interlaced all go through the filter: leaving it would put frames out of order.
  const bool interlaced = deinterlacer_.has_value() || frame->interlaced_frame != 0 || track_.video.interlaced;
  if (interlaced) {
    deinterlace(std::move(frame));
  } else {
    hand_over(std::move(frame));
  }
}

void PictureSource::deinterlace(FramePtr frame) {
  if (deinterlacer_ && !deinterlacer_->fits(*frame)) {
    drain();
    deinterlacer_.reset();
  }
  if (!deinterlacer_) {
    // A track that did not say so has been given rungs of its frame rate, not of its field rate.
    const auto motion =
        track_.video.interlaced ? Deinterlacer::Motion::kFrameEachField : Deinterlacer::Motion::kFrameEachFrame;
    auto made = Deinterlacer::make(*frame, track_.timescale, motion, threads_);
    if (!made) {
      base::log_error("transcode", "no deinterlacer", {{"error", made.error().message()}});
      ++errors_;
      hand_over(std::move(frame));
      return;
    }
    deinterlacer_.emplace(made.take());
  }
  if (frame->pkt_duration <= 0 && track_.video.frame_rate.known()) {
    frame->pkt_duration = media::rescale(track_.timescale, track_.video.frame_rate.num, track_.video.frame_rate.den);
  }
  if (!deinterlacer_->push(std::move(frame)).ok()) ++errors_;
  pull();
}

void PictureSource::pull() {
  while (FramePtr whole = deinterlacer_->pull()) hand_over(std::move(whole));
  duplicated_ += deinterlacer_->take_duplicated();
}

void PictureSource::hand_over(FramePtr frame) {
  const Origin origin = origins_[static_cast<std::size_t>(frame->reordered_opaque) % origins_.size()];
  take_(std::move(frame), origin);
}

/// Empties the deinterlacer. REQUIRES: there is one; it takes nothing more.
void PictureSource::drain() {
  if (!deinterlacer_->end().ok()) ++errors_;
  pull();
}

void PictureSource::restart() {
  decoder_.end();
  receive();
  decoder_.restart();
  if (deinterlacer_) {
    drain();
    deinterlacer_.reset();
  }
}

void PictureSource::replace(const media::Track& track, Decoder decoder) {
  restart();
  track_ = track;
  decoder_ = std::move(decoder);
}

}  // namespace transcode
