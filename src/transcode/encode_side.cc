#include "transcode/encode_side.h"

#include <pthread.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "transcode/captions.h"
#include "transcode/decode_side.h"
#include "transcode/economy.h"
#include "transcode/encode_side_state.h"

namespace transcode {
namespace {

int planned_cores(int asked) {
  if (asked > 0) return asked;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// One thread an encoder, unless the rung alone is more than a core at veryfast can do (1080p at 45 frames a second)
/// and there are cores to share.
int encoder_threads(const Rung& rung, int cores) {
  constexpr double kPixelsPerCore = 1920.0 * 1080 * 45;
  const double rate = rung.frame_rate.known()
                          ? static_cast<double>(rung.frame_rate.num) / static_cast<double>(rung.frame_rate.den)
                          : 30.0;
  const double load = rung.width * rung.height * rate / kPixelsPerCore;
  if (load <= 1 || cores < 4) return 1;
  return load <= 2 ? 2 : 4;
}

KeyClock clock_of(const EncodeSide::Options& options, std::int64_t timescale) {
  return options.keys == EncodeSide::Keys::kGrid ? KeyClock::grid(options.segment, timescale)
                                                 : KeyClock::forced(timescale);
}

/// How long a picture lasts before the next one is missed: of a slow source its repeats are the rule. An eighth less,
/// because time stamps are often rounded.
std::int64_t time_of_picture(media::Rational rate, std::int64_t timescale) {
  const std::int64_t usual = rate.known() ? media::rescale(timescale, rate.num, rate.den)
                                          : media::rescale(PictureLine::kLongestStill, base::kSecond, timescale);
  return usual - usual / 8;
}

/// The largest frame rate of a rung; 0/1 where one has the source's, which is not known.
media::Rational rate_of(const std::vector<Rung>& rungs) {
  media::Rational largest{0, 1};
  for (const Rung& rung : rungs) {
    if (!rung.frame_rate.known()) return {0, 1};
    if (rung.frame_rate.num * largest.den > largest.num * rung.frame_rate.den) largest = rung.frame_rate;
  }
  return largest;
}

}  // namespace

EncodeSide::State::State(const Options& given, std::vector<Rung> resolved, const media::Track& shape)
    : options(given),
      rungs(std::move(resolved)),
      base_index(base_rung(rungs)),
      timescale(shape.timescale),
      entry(timescale, {given.switch_patience, given.switch_patience / 2}),
      economy(rungs, given.longest_still),
      cascade(rungs, shape.video.colour),
      overlays(rungs, cascade.roots(), shape.video.colour, given.slate_font),
      key_clock(clock_of(given, timescale)),
      line(rate_of(rungs), timescale, given.max_fill),
      slate({given.slate, given.slate_text, given.slate_font,
             given.slate_after < 0 ? SlateFade::kNever : given.slate_after},
            rungs, shape.video.colour),
      thumbnails(rungs, given.thumbnails),
      snapshots(rungs.size()) {
  cascade.set_finish(overlays);
}

DecodeSide* EncodeSide::State::side_of(Switch::Side id) const {
  const auto found = std::ranges::find_if(sides, [&](const DecodeSide* side) { return side->id() == id; });
  return found == sides.end() ? nullptr : *found;
}

/// Only x264 has a faster encoder of the same parameter sets.
RungWorker::Open EncodeSide::State::opener_of(std::size_t rung, const media::Track& shape) const {
  if (rungs[rung].codec != media::Codec::kH264) return nullptr;
  const int threads = encoder_threads(rungs[rung], planned_cores(options.cores));
  return [&made = rungs[rung], shape, threads](bool fast) { return VideoEncoder::make(made, shape, {threads, fast}); };
}

base::Status EncodeSide::State::open(const media::Track& shape) {
  const int cores = planned_cores(options.cores);
  TRY_OK(outbox.open());
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    base::Result<std::unique_ptr<VideoEncoder>> opened = base::Error{base::Code::kSystem, "encoder not opened"};
    // An encoder's own threads are those of the thread that opens it.
    run_niced(nice_of(rungs, i),
              [&] { opened = VideoEncoder::make(rungs[i], shape, {encoder_threads(rungs[i], cores)}); });
    TRY(auto encoder, std::move(opened));
    media::Track track = encoder->track();
    track.id = static_cast<std::uint32_t>(i);
    outbox.put({i, std::move(track)});
    workers.push_back(std::make_unique<RungWorker>(i, std::move(encoder), outbox, opener_of(i, shape)));
  }
  for (std::size_t i = 0; i < rungs.size(); ++i) workers[i]->start(rungs[i].name, nice_of(rungs, i));
  thread = std::thread([this] { run(); });
  pthread_setname_np(thread.native_handle(), "k-scale");
  return base::Ok{};
}

void EncodeSide::State::run() {
  std::vector<std::int64_t> forced;
  while (auto item = entry.take(forced)) {
    for (const std::int64_t pts : std::exchange(forced, {})) key_clock.force_at(pts);
    if (auto* picture = std::get_if<Switch::Picture>(&*item)) {
      show(std::move(*picture));
    } else if (const auto* hold = std::get_if<Switch::Hold>(&*item)) {
      repeat(hold->until, SlateFade::What::kAbsent, hold->origin, hold->paused);
    } else {
      for (auto& worker : workers) worker->finish();
      return;
    }
  }
}

RungWorker::WhenFull EncodeSide::State::when_full(std::size_t rung) const {
  const bool waits = rung == base_index || options.rung_full == RungFull::kWait;
  return waits ? RungWorker::WhenFull::kWait : RungWorker::WhenFull::kLeaveOut;
}

bool EncodeSide::State::choked() const { return outbox.bytes() > options.max_bytes; }

/// Under overload every other picture stays out, of all rungs alike, so that they keep showing the same instants; never
/// one that starts a segment. Nobody taking the results is overload, too.
bool EncodeSide::State::shed(const Switch::Picture& picture) {
  if (choked()) return true;
  shed_last = picture.late && !shed_last && !key_clock.peek(picture.frame->pts);
  if (shed_last) ++shed_frames;
  return shed_last;
}

/// Captions are characters to be typed, once, whatever becomes of the picture that brings them, decoded or not: each
/// rung's next one takes them.
void EncodeSide::State::pass_captions_on(Switch::Picture& picture) {
  for (const Switch::LostCaptions& lost : picture.lost) pass_captions_on(lost.pts, lost.triplets);
  triplets.clear();
  take_captions(*picture.frame, triplets);
  pass_captions_on(picture.frame->pts, triplets);
}

/// Those of a time for which some side has brought its captions are dropped, whether the pictures were shown or shed;
/// those of a time that is covered by repeats alone are not. A slate that an operator asked for hides them.
void EncodeSide::State::pass_captions_on(std::int64_t pts, std::span<const captions::Triplet> carried) {
  if (pts <= captioned) return;
  captioned = pts;
  if (carried.empty() || slate.hides_feed()) return;
  for (auto& worker : workers) worker->put_captions(pts, carried);
}

void EncodeSide::State::show(Switch::Picture&& picture) {
  const std::int64_t pts = picture.frame->pts;
  pass_captions_on(picture);
  // What is behind for a while is no delay to be learnt; what is behind for good is.
  newest = picture.catching_up ? std::max(newest.load(), pts) : pts;
  if (line.covers(pts)) {
    if (!picture.overlap && !picture.catching_up) ++(line.repeating() ? late_frames : dropped_frames);
    return;
  }
  if (shed(picture)) {
    ++dropped_frames;
    return;
  }
  if (line.hole_before(pts)) repeat(pts - line.period() / 2, SlateFade::What::kPicture, picture.origin);
  line.take(pts);
  next_due = pts + time_of_picture(picture.rate, timescale);
  if (std::exchange(seen_side, picture.side) != picture.side) {
    first_pts = pts;
    first_side = picture.side;
  }
  const base::Micros at = media::rescale(pts, timescale, base::kSecond);
  overlays.next(at, line.rate());
  cascade.next(std::move(picture.frame), picture.aspect);
  slate.next(at, SlateFade::What::kPicture, cascade);
  encode({pts, picture.rate, picture.origin});
}

void EncodeSide::State::repeat(std::int64_t until, SlateFade::What what, const Origin& origin, bool paused) {
  while (const auto pts = line.repeat(until)) {
    if (choked()) continue;
    ++held_frames;
    const base::Micros at = media::rescale(*pts, timescale, base::kSecond);
    if (overlays.next(at, line.rate())) cascade.again();
    slate.next(at, what, cascade);
    encode({*pts, line.rate(), {origin.arrived, origin.fed, !paused && *pts >= next_due}});
  }
}

void EncodeSide::State::encode(const Shown& shown) {
  const bool key = key_clock.take(shown.pts);
  economy.on_picture({shown.pts, timescale, key, shown.rate});
  for (std::size_t i = 0; i < workers.size(); ++i) {
    if (!economy.keep(i, key_clock.slot_start(shown.pts))) {
      workers[i]->count_thinned();
      continue;
    }
    FramePtr scaled = slate.picture(i, cascade);
    if (scaled == nullptr) {
      ++dropped_frames;
      continue;
    }
    scaled->pts = shown.pts;
    if (key) {
      const base::Micros at = media::rescale(shown.pts, timescale, base::kSecond);
      thumbnails.look(i, *scaled, at);
      snapshots.look(i, *scaled, at);
    }
    workers[i]->put(std::move(scaled), key, shown.origin, {when_full(i), economy.fast(i)});
  }
}

EncodeSide::EncodeSide(std::unique_ptr<State> state) : state_(std::move(state)) {}

base::Result<std::unique_ptr<EncodeSide>> EncodeSide::make(const media::Track& shape, std::vector<Rung> rungs,
                                                           const Options& options) {
  if (shape.kind() != media::Kind::kVideo || shape.video.width <= 0 || shape.video.height <= 0) {
    return base::Error{base::Code::kMalformed, "the source has no picture size"};
  }
  if (shape.timescale <= 0 || shape.timescale > INT32_MAX || !options.segment.known()) {
    return base::Error{base::Code::kMalformed, "the source's timescale or the segment duration is not usable"};
  }
  for (Rung& rung : rungs) {
    rung = resolve(std::move(rung), shape);
    rung.frame_rate = shown_rate(rung.frame_rate);
  }
  std::unique_ptr<EncodeSide> side(new EncodeSide(std::make_unique<State>(options, std::move(rungs), shape)));
  TRY_OK(side->state_->open(shape));
  return side;
}

EncodeSide::~EncodeSide() {
  state_->entry.close();
  for (auto& worker : state_->workers) worker->close();
  if (state_->thread.joinable()) state_->thread.join();
}

void EncodeSide::select(DecodeSide* side) { state_->entry.select(side == nullptr ? Switch::kNone : side->id()); }

std::optional<media::Instant> EncodeSide::select_after(DecodeSide& side, base::Micros behind) {
  const std::int64_t pause = media::rescale(behind, base::kSecond, state_->timescale);
  const std::int64_t until = state_->entry.select_after(side.id(), pause);
  if (until == INT64_MIN) return std::nullopt;
  return media::Instant{until, state_->timescale};
}

void EncodeSide::switch_to(DecodeSide& side) { state_->entry.switch_to(side.id()); }

const DecodeSide* EncodeSide::shown() const { return state_->side_of(state_->entry.selected()); }

std::optional<media::Instant> EncodeSide::shown_from(const DecodeSide& side) const {
  if (state_->first_side != side.id()) return std::nullopt;
  return media::Instant{state_->first_pts, state_->timescale};
}

bool EncodeSide::switching() const { return state_->entry.pending() != Switch::kNone; }

void EncodeSide::hold(media::Instant until) {
  // One that comes in while a pending switch takes effect is dropped; the next tick's goes to the side shown then.
  if (DecodeSide* shown = state_->side_of(state_->entry.selected()); shown != nullptr) {
    shown->hold(until);
  } else {
    state_->entry.hold(Switch::kNone,
                       {until.in(state_->timescale, media::Round::kDown), {until.micros(), steady_now()}});
  }
}

void EncodeSide::set_economy(int level) { state_->economy.ask(level); }

int EncodeSide::most_economy() const { return transcode::most_economy(state_->rungs.size()); }

EncodeSide::Load EncodeSide::load() const {
  Load load;
  for (const auto& worker : state_->workers) load.left_out += worker->left_out();
  load.shed = state_->shed_frames;
  return load;
}

void EncodeSide::show_slate(bool on, const std::string& text) { state_->slate.ask(on, text); }

base::Status EncodeSide::put_overlay(const media::Overlay& overlay) { return state_->overlays.put(overlay); }

void EncodeSide::remove_overlay(const std::string& id) { state_->overlays.remove(id); }

std::optional<Thumbnail> EncodeSide::take_thumbnail() { return state_->thumbnails.take(); }

void EncodeSide::ask_snapshots() { state_->snapshots.ask(); }

void EncodeSide::give_up_snapshots() { state_->snapshots.give_up(); }

std::optional<RungThumbnail> EncodeSide::take_snapshot() { return state_->snapshots.take(); }

SlateCourse EncodeSide::slate_course() const { return state_->slate.course(); }

void EncodeSide::force_key_at(media::Instant pts) { state_->entry.force_key(pts.in(state_->timescale)); }

void EncodeSide::force_key(std::size_t rung) { state_->workers.at(rung)->want_key(); }

std::optional<media::Instant> EncodeSide::newest() const {
  const std::int64_t pts = state_->newest;
  if (pts == INT64_MIN) return std::nullopt;
  return media::Instant{pts, state_->timescale};
}

void EncodeSide::flush() {
  if (!state_->thread.joinable()) return;
  state_->entry.finish();
  state_->thread.join();
  for (auto& worker : state_->workers) worker->join();
}

int EncodeSide::descriptor() const { return state_->outbox.descriptor(); }

void EncodeSide::drain(Output& out) { state_->outbox.drain(out); }

EncodeSide::Counters EncodeSide::counters() const {
  Counters counters;
  counters.held_frames = state_->held_frames;
  counters.late_frames = state_->late_frames;
  counters.dropped_frames = state_->dropped_frames;
  counters.economy = state_->economy.level();
  counters.economy_steps = state_->economy.changes();
  counters.slates = state_->slate.shows();
  counters.slate_frames = state_->slate.pictures();
  counters.slate = state_->slate.shown();
  const Overlays::Counters overlays = state_->overlays.counters();
  counters.overlay_frames = overlays.pictures;
  counters.overlay_faults = overlays.faults;
  for (const auto& worker : state_->workers) counters.rungs.push_back(worker->counters());
  return counters;
}

const std::vector<Rung>& EncodeSide::rungs() const { return state_->rungs; }

std::int64_t EncodeSide::timescale() const { return state_->timescale; }

}  // namespace transcode
