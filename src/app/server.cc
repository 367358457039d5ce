#include "app/server.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "app/admin_thread.h"
#include "app/alarm_watch.h"
#include "app/certificates.h"
#include "app/channel_settings.h"
#include "app/declared_channels.h"
#include "app/edge_node.h"
#include "app/etcd_registry.h"
#include "app/event_outlets.h"
#include "app/feed_checks.h"
#include "app/feed_ingest.h"
#include "app/harvests.h"
#include "app/headroom_sampler.h"
#include "app/origin_announcement.h"
#include "app/reloader.h"
#include "app/serve_threads.h"
#include "app/upload_target.h"
#include "app/viewer_tokens.h"
#include "archive/directory_lock.h"
#include "archive/journal_writer.h"
#include "base/disk_thread.h"
#include "base/log.h"
#include "channel/channels.h"
#include "channel/process_spawner.h"
#include "config/installation.h"
#include "config/reload.h"
#include "events/log.h"
#include "loop/loop.h"
#include "loop/mailbox.h"
#include "loop/process.h"
#include "upload/uploads.h"

namespace app {
namespace {

// How long a stop waits for answers that are on their way.
constexpr base::Micros kDrainLimit = 2 * base::kSecond;
// And then for receivers of events.
constexpr base::Micros kLastEvents = base::kSecond;
// Within which the server ends once it stops (docs/deployment.md); the service manager is asked for that much.
constexpr base::Micros kStopLimit = 20 * base::kSecond;

base::Status make_directory(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return base::Ok{};
  return base::Error{base::Code::kSystem, "state directory " + path + ": " + strerror(errno)};
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  base::log_info("app", "descriptor limit", {{"limit", static_cast<std::int64_t>(limit.rlim_cur)}});
}

void warn_of(const config::Config& config) {
  for (const std::string& warning : config.warnings) base::log_warn("app", "configuration", {{"problem", warning}});
}

ServePlan plan_here(const config::Config::Http& config) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return plan_of(config, std::thread::hardware_concurrency(), limit.rlim_cur);
}

}  // namespace

// The parts of the server, in the order they are built; torn down the other way round.
class Instance::Parts {
 public:
  Parts(config::Config config, std::string path, std::string worker, std::optional<api::Token> environment_token,
        ServiceNotifier::Options service)
      : started_(std::move(config)),
        config_(started_),
        path_(std::move(path)),
        worker_(std::move(worker)),
        environment_token_(std::move(environment_token)),
        control_(loop_),
        drained_(loop_, [this] { shut(); }),
        deadline_(loop_, [this] { loop_.stop(); }),
        service_(loop_, clock_, std::move(service), [this] { return serve_->answered(); }) {
    reloads_.last_at = reloads_.last_success_at = std::time(nullptr);
  }

  // Ingest first: when its publishers end, the channels still call all the other members.
  ~Parts() {
    edge_.reset();
    feed_checks_.reset();
    ingest_.reset();
    channels_.reset();
  }

  base::Status start() {
    // Before anything that takes time: a signal to stop during the start is handled as soon as the loop runs.
    watch_signals();
    warn_of(config_);
    TRY_OK(make_directory(config_.state_directory));
    start_declared();
    TRY(ticket_keys_, tls::TicketKeys::make());
    TRY(certificates_, load_certificates(config_, ticket_keys_));
    warn_of(certificates_, std::time(nullptr));
    reloader_ = make_reloader();
    TRY(spawner_, channel::ProcessSpawner::make(loop_, {.program = worker_}));
    // Process 1 of a container inherits every orphan: workers whose parent died, or what a health check left behind.
    if (getpid() == 1) {
      orphans_ = std::make_unique<loop::OrphanReaper>(loop_, [this](int pid) { return pid == spawner_->parent_pid(); });
    }
    if (config_.events.enabled) event_files_ = std::make_unique<EventFiles>(config_, events_);
    webhooks_ = start_webhooks(config_.webhooks, clock_, events_, control_,
                               event_files_ ? event_files_->take_webhooks() : WebhookState{});
    alarm_watch_.start(config_.alarms);
    events_.clear_restored();
    registry_ = start_registry(config_.etcd, clock_, events_, control_,
                               [this](const registry::Answer& answer) { channels_->on_clock(answer); });
    open_journal();
    const channel::Environment environment{
        alarms_,
        clock_,
        *spawner_,
        events_,
        [this](const std::string&, const std::shared_ptr<const origin::ChannelSnapshot>& snapshot) {
          publish(snapshot);
        },
        [this] {
          if (ingest_) ingest_->note_occupied();
        },
        [this] { return govern::CpuBudget::Machine{headroom_->cpu_idle(), headroom_->cores()}; },
        journal_.get(),
        relays() ? relay::OnReel([this](const std::string& name, const std::shared_ptr<const relay::Reel>& reel) {
          publish_reel(name, reel);
        })
                 : nullptr,
        node_,
        registry_ ? channel::ClockAsks::Ask([this](registry::Ask ask) { registry_->ask(std::move(ask)); }) : nullptr};
    channels_ = std::make_unique<channel::Channels>(environment, settings_of(config_), config_.limits.channels,
                                                    [this](const std::string& name) { remove(name); });
    if (journal_) restored_ = channels_->restore(journal_->directory());
    TRY(auto files, serve::StaticFiles::load(config_.web_directory));
    ServePlan plan = plan_here(config_.http);
    plan.each.tokens = tokens_.take_up(config_);
    plan_relay(plan, config_, node_, [this](const std::string& channel, const relay::Path& path) {
      control_.post([this, channel, path] {
        if (edge_) edge_->demand(channel, path);
      });
    });
    TRY(serve_, ServeThreads::start(std::move(plan), clock_, certificates_.https, files));
    tokens_.follow();
    const HeadroomSampler::Serving serving{
        [this] { return serve_->bytes_sent(); },
        [this](double memory, double egress) { serve_->set_shared_headroom(memory, egress); }};
    headroom_ = std::make_unique<HeadroomSampler>(loop_, clock_, serving, config_.http.admission.egress_mbps);
    for (const auto& snapshot : std::exchange(early_, {})) serve_->publish(snapshot);
    if (!config_.relay.announce.empty()) announcement_.emplace(*registry_, config_.relay.announce);
    for (const auto& [name, reel] : std::exchange(early_reels_, {})) publish_reel(name, reel);
    TRY_OK(start_ingest());
    TRY(admin_, AdminThread::start(config_, environment_token_, clock_, control_, control_calls(), *serve_));
    base::log_info("app", "ready",
                   {{"version", KICKOFF_VERSION},
                    {"http", config_.http.port},
                    {"https", config_.http.tls_port},
                    {"rtmp", config_.rtmp.port},
                    {"rtmps", config_.rtmp.tls_port},
                    {"admin", admin_->port()}});
    events_.append({.type = events::Type::kInstanceStarted, .data = {{"version", KICKOFF_VERSION}}});
    service_.ready("Serving");
    return base::Ok{};
  }

  void run() {
    loop_.run();
    headroom_.reset();
    events_.watch(nullptr);  // it calls the administration port's thread
    // Before the serve threads, whose counters it reads.
    admin_.reset();
    // Answers that are on their way finish; new viewers find the port closed.
    serve_->stop(kDrainLimit);
    webhooks_->finish(kLastEvents);
    base::log_info("app", "stopped");
  }

  loop::Mailbox& control() { return control_; }
  std::uint16_t admin_port() const { return admin_->port(); }

  void stop() {
    if (std::exchange(stopping_, true)) {
      loop_.stop();  // asked twice: now
      return;
    }
    base::log_info("app", "stopping", {{"drain_ms", config_.drain / base::kMillisecond}});
    events_.append({.type = events::Type::kInstanceStopping});
    if (announcement_) registry_->withdraw();
    if (config_.drain == 0) return shut();
    service_.stopping("Draining: not ready, everything is answered", config_.drain + kStopLimit);
    drained_.start(config_.drain);
  }

  /// The stop itself: publishers are sent away, and nobody new is let in.
  void shut() {
    service_.stopping("Stopping: answers that are on their way finish");
    if (ingest_) ingest_->stop();
    if (config_.end_channels_on_stop) {
      deadline_.start(2 * kDrainLimit);
      channels_->stop([this] { loop_.stop(); });
    } else {
      loop_.stop();
    }
  }

  void reload() {
    if (!reloader_) return;
    service_.reloading();
    if (!reloader_->busy()) declared_->begin_reading();
    reloader_->start();
  }
  bool reads() const { return (reloader_ && reloader_->busy()) || (declared_ && declared_->busy()); }

 private:
  /// What is restored before the ports open is published when they do.
  void publish(const std::shared_ptr<const origin::ChannelSnapshot>& snapshot) {
    if (serve_) return serve_->publish(snapshot);
    early_.push_back(snapshot);
  }

  /// Without a journal the server is as good as with one, until it is killed.
  void open_journal() {
    if (!config_.journal.enabled || config_.edge.used()) return;
    const std::string directory = config::journal_directory(config_);
    auto lock = archive::DirectoryLock::take(directory);
    if (!lock.ok()) {
      base::log_error("app", "there is no journal: after a restart channels would begin anew",
                      {{"why", lock.error().what}});
      events_.append({events::Type::kJournal, "", events::State::kRaised, {}, {{"reason", lock.error().what}}});
      return;
    }
    journal_lock_ = lock.take();
    archive::JournalWriter::Options options{.directory = directory,
                                            .keep = {config_.journal.keep, config_.journal.channel_bytes}};
    for (const auto& [name, entry] : config_.channels) {
      archive::Keep& keep = options.keep_of.emplace(name, options.keep).first->second;
      keep.age = std::max(keep.age, channel::Channels::kept_for_restart(entry.options));
      if (channel::memory_of(entry.options) > 0) keep.least = channel::Channels::retention_of(entry.options);
    }
    // Of channels that are not admitted any more: a configuration may admit them again.
    for (const auto& [name, keep] : options.keep_of) options.keep.age = std::max(options.keep.age, keep.age);
    start_uploads(directory);
    if (uploads_) options.read_from = uploads_->read_from();
    journal_ = std::make_unique<archive::JournalWriter>(std::move(options));
    jobs_ = start_jobs(config_, control_, events_);
  }

  void start_uploads(const std::string& journal) {
    upload::Uploads::Options options;
    bool any = false;
    for (const auto& [name, entry] : config_.channels) {
      options.targets[name] = upload_target(entry);
      any = any || options.targets[name];
    }
    if (!any) return;
    options.journal = journal;
    options.state = config_.state_directory + "/upload";
    options.on_change = [this](const std::string& channel, const std::string& why) {
      control_.post([this, channel, why] {
        const auto state = why.empty() ? events::State::kCleared : events::State::kRaised;
        events_.append({events::Type::kUpload, channel, state, {}, {{"reason", why.empty() ? "works_again" : why}}});
      });
    };
    uploads_ = std::make_unique<upload::Uploads>(std::move(options));
  }

  bool relays() const { return !config_.relay.secrets.empty() && !config_.edge.used(); }
  void publish_reel(const std::string& name, const std::shared_ptr<const relay::Reel>& reel) {
    if (announcement_) announcement_->add(name);
    if (serve_) return serve_->relay(name, reel);
    early_reels_[name] = reel;
  }

  void remove(const std::string& channel) {
    if (announcement_) announcement_->remove(channel);
    serve_->remove(channel);
  }

  base::Status start_ingest() {
    if (config_.edge.used()) {
      edge_ = std::make_unique<EdgeNode>(config_, node_, EdgeNode::Context{loop_, clock_, events_, *serve_});
      return base::Ok{};
    }
    const FeedIngest::Context context{loop_, clock_, control_, events_, *channels_};
    TRY(ingest_, FeedIngest::start(context, config_, certificates_.rtmps));
    feed_checks_ = std::make_unique<FeedChecks>(loop_, clock_, events_, *channels_, *ingest_);
    return base::Ok{};
  }

  void watch_signals() {
    for (const int number : {SIGTERM, SIGINT}) {
      signals_.push_back(std::make_unique<loop::SignalWatch>(loop_, number, [this] { stop(); }));
    }
    signals_.push_back(std::make_unique<loop::SignalWatch>(loop_, SIGHUP, [this] { reload(); }));
  }

  void finish_reload(Preparation&& outcome) {
    reloads_.last_at = std::time(nullptr);
    reloads_.last_succeeded = take_up(std::move(outcome));
    report_reload();
    if (reloads_.last_succeeded) reloads_.last_success_at = reloads_.last_at;
    service_.ready(reloads_.last_succeeded ? "Serving; the configuration was read again"
                                           : "Serving with the old configuration; the log says why");
  }

  /// Whether it is in force now.
  bool take_up(Preparation&& outcome) {
    if (const auto* problems = std::get_if<std::vector<config::Problem>>(&outcome)) {
      for (const config::Problem& problem : *problems) refuse_reload(problem.message());
      reload_problem_ = problems->empty() ? "" : problems->front().message();
      return false;
    }
    const base::Status status = apply(std::get<Prepared>(std::move(outcome)));
    reload_problem_ = status.ok() ? "" : status.error().message();
    if (!status.ok()) refuse_reload(reload_problem_);
    return status.ok();
  }

  static void refuse_reload(const std::string& problem) {
    base::log_error("app", "configuration not reloaded", {{"problem", problem}});
  }

  void report_reload() {
    if (reloads_.last_succeeded) {
      events_.append(
          {.type = events::Type::kConfigReload, .data = {{"result", "applied"}, {"needs_restart", keys_that_wait_}}});
    } else {
      events_.append(
          {.type = events::Type::kConfigReload, .data = {{"result", "refused"}, {"problem", reload_problem_}}});
    }
  }

  void take_certificates(Certificates next) {
    const std::int64_t before = certificates_.https->validity().until;
    certificates_ = std::move(next);
    warn_of(certificates_, std::time(nullptr));
    const std::int64_t until = certificates_.https->validity().until;
    if (until == before) return;
    events_.append({.type = events::Type::kCertificateLoaded,
                    .data = {{"file", certificates_.name}, {"until", base::format_utc(until * base::kSecond)}}});
  }

  /// With what the API has declared, which is on disk as the file is.
  std::unique_ptr<Reloader> make_reloader() {
    return std::make_unique<Reloader>(
        loop_,
        [path = path_, keys = ticket_keys_, read = declared_->reader()] {
          Preparation outcome = prepare(path, keys);
          if (auto* prepared = std::get_if<Prepared>(&outcome)) prepared->declared = read();
          return outcome;
        },
        [this](Preparation outcome) { finish_reload(std::move(outcome)); });
  }

  void start_declared() {
    declared_.emplace(control_, config_.state_directory + "/channels", path_,
                      [this](const api::DeclarationOrder& order, const api::DeclarationOutcome& outcome,
                             config::Config merged) { apply_declared(order, outcome, std::move(merged)); });
    config_ = declared_->merge(config_, declared_->reader()());
    declared_->use();
    started_ = config_;
  }

  /// What a reload does for channels, for one that the API has declared or removed.
  void apply_declared(const api::DeclarationOrder& order, const api::DeclarationOutcome& outcome,
                      config::Config merged) {
    auto srt_policy = srt_policy_of(merged);
    if (!srt_policy.ok()) return refuse_reload(srt_policy.error().message());
    config_ = std::move(merged);
    configure_channels(srt_policy.take());
    events_.append(declaration_fact(order, outcome));
  }

  void configure_channels(std::shared_ptr<const ingest::SrtPolicy> srt_policy) {
    tokens_.reload(config_);
    channels_->configure(settings_of(config_), config_.limits.channels);
    if (ingest_) ingest_->configure(config_, std::move(srt_policy), certificates_.rtmps);
  }

  // All or nothing: what can fail comes first.
  base::Status apply(Prepared next) {
    config::Config merged = declared_->merge(next.config, next.declared);
    TRY(auto srt_policy, srt_policy_of(merged));
    config_ = std::move(merged);
    declared_->use();
    warn_of(config_);
    take_certificates(std::move(next.certificates));
    serve_->use_tls(certificates_.https);
    serve_->configure(config_.http);
    admin_->configure(config_.admin);
    webhooks_->configure(config_.webhooks);
    alarm_watch_.configure(config_.alarms);
    headroom_->set_egress(config_.http.admission.egress_mbps);
    configure_channels(std::move(srt_policy));
    std::string fixed;
    for (const std::string& key : config::keys_for_restart(started_, config_))
      fixed += (fixed.empty() ? "" : ", ") + key;
    keys_that_wait_ = fixed;
    if (!fixed.empty()) base::log_warn("app", "keys that change only with a restart differ", {{"keys", fixed}});
    base::log_info("app", "configuration reloaded", {{"channels", config_.channels.size()}});
    return base::Ok{};
  }

  ControlCalls control_calls() {
    return {[this] { return collect(); },
            [this](const std::string& channel, feed::Id feed) {
              return channels_->disconnect(channel, feed, "disconnected by an operator");
            },
            [this](const std::string& channel, feed::Id to) { return channels_->switch_feed(channel, to); },
            [this](const std::string& channel, channel::SlateOrder::Request request) {
              return channels_->order_slate(channel, std::move(request));
            },
            [this](const std::string& channel, const channel::Overlays::Order& order) {
              return channels_->order_overlay(channel, order);
            },
            [this](const std::string& channel, const channel::Channel::MarkerOrder& order) {
              return channels_->mark(channel, order);
            },
            [this](const std::string& channel, const channel::Channels::ThumbnailAsk& ask) {
              return channels_->thumbnail(channel, ask);
            },
            [this](const std::string& channel, const channel::LiveCaptions::Request& request) {
              return channels_->caption(channel, request);
            },
            [this](const std::string& channel, const channel::LiveMetadata::Request& request) {
              return channels_->add_metadata(channel, request);
            },
            [this] { return webhooks_->reports(webhook::Letters::kShown); },
            [this](const std::string& webhook) { return webhooks_->replay(webhook); },
            [this] { return alarm_watch_.report(); },
            [this](const events::SilenceOrder& order) { return alarm_watch_.order(order); },
            [this](const events::Query& query) { return events_.read(query); },
            [this](std::function<void()> on_append) { events_.watch(std::move(on_append)); },
            [this](const facility::Order& order) {
              return feed_checks_ ? api::Backend::Check(feed_checks_->start(order)) : std::nullopt;
            },
            [this](const std::string& channel) {
              return feed_checks_ ? feed_checks_->reports(channel) : std::vector<facility::Report>();
            },
            [this](const std::string& channel) { return declared_->report(channel); },
            [this](api::DeclarationOrder order, DeclaredChannels::Take take) {
              declared_->carry_out(std::move(order), std::move(take));
            },
            jobs_.get()};
  }

  std::shared_ptr<const Overview> collect() {
    auto overview = std::make_shared<Overview>();
    overview->instance.version = KICKOFF_VERSION;
    overview->instance.main_loop_busy = loop_.busy_share();
    overview->instance.cpu_idle = headroom_->cpu_idle();
    overview->instance.publishers_denied = channels_->denied();
    overview->instance.publishes_limited = channels_->limited();
    overview->instance.channels_reduced = channels_->reduced();
    overview->instance.now = clock_.steady();
    overview->instance.workers_waiting = spawner_->waiting();
    overview->instance.worker_parent_restarts = spawner_->parent_restarts();
    overview->instance.reloads = reloads_;
    overview->instance.journal = journal_ ? &journal_->counters() : nullptr;
    overview->instance.journal_restored = restored_;
    if (edge_) overview->instance.edge = edge_->report();
    if (edge_) overview->instance.watch = edge_->watch_report();
    if (registry_) overview->instance.registry = registry_->report();
    if (uploads_) overview->instance.uploads = uploads_->reports(clock_.utc());
    if (jobs_) overview->instance.jobs = jobs_->counters();
    overview->instance.webhooks = webhooks_->reports();
    for (const events::Type type : events::kTypes)
      overview->instance.events.emplace_back(events::to_string(type), events_.counts()[events::index(type)]);
    overview->instance.alarms = alarm_watch_.report().alarms;
    overview->instance.token_keys = tokens_.report();
    if (event_files_) {
      overview->instance.event_log = event_files_->report();
      if (webhooks_->state_failing()) overview->instance.event_log->failing = true;
    }
    overview->instance.certificates = {{certificates_.name, certificates_.https->validity().until}};
    if (ingest_) ingest_->report(overview->instance);
    overview->instance.channels = channels_->reports();
    overview->stale_channel = channels_->stale();
    overview->stopping = stopping_;
    return overview;
  }

  config::Config started_;  ///< what was read at the start: what does not change before the next
  config::Config config_;
  const std::string path_;
  const std::string worker_;
  const std::optional<api::Token> environment_token_;
  const base::SystemClock clock_;
  events::Log events_{clock_, {.source = source_of_events()}};
  std::unique_ptr<EventFiles> event_files_;  ///< null: none; it ends after all that has events for the log
  loop::Loop loop_;
  loop::Mailbox control_;
  AlarmWatch alarm_watch_{loop_, clock_, events_};
  std::unique_ptr<registry::Registry> registry_;    ///< null: there is no etcd
  std::optional<OriginAnnouncement> announcement_;  ///< nothing: edges do not find this server
  std::unique_ptr<webhook::Webhooks> webhooks_;     ///< after start(); what ends after it has events for it
  loop::Timer drained_;
  loop::Timer deadline_;
  ServiceNotifier service_;
  std::shared_ptr<const tls::TicketKeys> ticket_keys_;
  Certificates certificates_;
  std::unique_ptr<ServeThreads> serve_;
  ViewerTokens tokens_{control_, [this](const auto& policy) { serve_->set_tokens(policy); }};
  std::unique_ptr<HeadroomSampler> headroom_;
  channel::LoopAlarms alarms_{loop_};
  std::unique_ptr<channel::ProcessSpawner> spawner_;
  std::unique_ptr<loop::OrphanReaper> orphans_;
  std::unique_ptr<archive::DirectoryLock> journal_lock_;
  std::unique_ptr<archive::JournalWriter> journal_;  ///< null: none
  std::unique_ptr<upload::Uploads> uploads_;         ///< likewise
  std::unique_ptr<harvest::Jobs> jobs_;              ///< likewise
  int restored_ = 0;                                 ///< channels, at the start
  std::vector<std::shared_ptr<const origin::ChannelSnapshot>> early_;
  std::map<std::string, std::shared_ptr<const relay::Reel>> early_reels_;
  const std::uint64_t node_ = relay::begin_log().log;
  std::unique_ptr<channel::Channels> channels_;
  std::unique_ptr<FeedIngest> ingest_;        ///< null: an edge
  std::unique_ptr<FeedChecks> feed_checks_;   ///< likewise
  std::unique_ptr<EdgeNode> edge_;            ///< null: it takes feeds
  std::optional<DeclaredChannels> declared_;  ///< after start()
  std::unique_ptr<AdminThread> admin_;
  std::vector<std::unique_ptr<loop::SignalWatch>> signals_;
  std::unique_ptr<Reloader> reloader_;
  metrics::Reloads reloads_;
  std::string reload_problem_;  ///< the first of the last reload; empty: it was applied
  std::string keys_that_wait_;  ///< for a restart, as of the last reload
  bool stopping_ = false;       ///< asked to
};

Instance::Instance(config::Config config, std::string path, std::string worker,
                   std::optional<api::Token> environment_token, ServiceNotifier::Options service)
    : parts_(std::make_unique<Parts>(std::move(config), std::move(path), std::move(worker),
                                     std::move(environment_token), std::move(service))) {}
Instance::~Instance() = default;

base::Status Instance::start() { return parts_->start(); }
void Instance::run() { parts_->run(); }
void Instance::stop() {
  parts_->control().post([parts = parts_.get()] { parts->stop(); });
}
void Instance::reload() {
  parts_->control().post([parts = parts_.get()] { parts->reload(); });
}
bool Instance::reads() const { return parts_->reads(); }
std::uint16_t Instance::admin_port() const { return parts_->admin_port(); }

int run_server(config::Config config, const std::string& path, std::optional<api::Token> environment_token,
               ServiceNotifier::Options service) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes: writes fail instead
  base::start_log(config.log.format, config.log.level);
  raise_descriptor_limit();
  int status = 0;
  bool reads = false;
  {
    Instance server(std::move(config), path, config::Installation::of_this_process().worker_program(),
                    std::move(environment_token), std::move(service));
    const base::Status started = server.start();
    if (started.ok()) {
      server.run();
    } else {
      base::log_error("app", "cannot start", {{"why", started.error().message()}});
      status = 1;
    }
    reads = server.reads();
  }
  const int left = base::DiskThread::left_behind();
  if (left > 0) {
    base::log_error("app", "a disk does not answer: the lines above say what was not written; the exit status is 1",
                    {{"threads", left}});
    status = 1;
  }
  base::stop_log();
  // Nobody can wait for a thread that waits for a disk, nor run the destructors of static objects under it.
  if (reads || left > 0) _exit(status);
  return status;
}

}  // namespace app
