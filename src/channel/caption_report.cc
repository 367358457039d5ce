#include "channel/caption_report.h"

#include <algorithm>
#include <map>

#include "captions/service.h"
#include "job/teletext_page.h"
#include "media/language.h"

namespace channel {
namespace {

using captions::Service;
using captions::ServiceSet;

std::uint64_t number_in(const job::Number& number) { return number.load(std::memory_order_relaxed); }

std::optional<base::Micros> time_in(const job::Number& number) {
  const auto time = static_cast<base::Micros>(number_in(number));
  return time > 0 ? std::optional(time) : std::nullopt;
}

ServiceSet services_in(const job::Number& line21, const job::Number& digital) {
  constexpr std::uint64_t kFirst = (std::uint64_t{1} << Service::kLine21) - 1;
  return ServiceSet(number_in(line21) & kFirst) | ServiceSet(number_in(digital)) << Service::kLine21;
}

std::optional<Service> service_of(const job::Subtitle& subtitle) {
  if (subtitle.digital > 0) return Service::digital(subtitle.digital);
  if (subtitle.line21 > 0) return Service::line21(subtitle.line21);
  return std::nullopt;
}

/// As the configuration has it.
std::string origin_of(const job::Subtitle& subtitle) {
  if (const auto service = service_of(subtitle)) return service->instream_id();
  if (subtitle.data) return "data";
  if (!subtitle.teletext) return "api";
  return subtitle.page > 0 ? "teletext " + std::to_string(subtitle.page) : "teletext";
}

/// By Service::index().
class Services {
 public:
  void configure(const job::Options& options) {
    for (const media::Caption& caption : options.captions.services) {
      if (const auto service = Service::parse(caption.service)) configured(*service).caption = caption;
    }
    for (const job::Subtitle& subtitle : options.subtitles) {
      if (const auto service = service_of(subtitle)) configured(*service);
    }
  }
  void list(const ServiceSet& listed) {
    for (std::size_t i = 0; i < Service::kAll; ++i) {
      if (listed.test(i)) at(Service::at(i)).listed = true;
    }
  }
  void see(const job::FeedStats& stats, std::size_t feed) {
    const ServiceSet announced = services_in(stats.line21_announced, stats.digital_announced);
    const ServiceSet found = services_in(stats.line21_captions, stats.digital_captions);
    for (std::size_t i = 0; i < Service::kAll; ++i) {
      if (!announced.test(i) && !found.test(i)) continue;
      CaptionServiceReport::InFeed& in = at(Service::at(i)).feeds[feed];
      in.announced = announced.test(i);
      if (in.announced) in.language = job::language_of(number_in(stats.caption_languages[i]));
      in.found = found.test(i);
      if (in.found) in.last_text = time_in(stats.caption_text_us[i]);
    }
  }
  std::vector<CaptionServiceReport> take() {
    std::vector<CaptionServiceReport> reports;
    for (auto& [index, report] : reports_) reports.push_back(std::move(report));
    return reports;
  }

 private:
  CaptionServiceReport& at(Service service) {
    CaptionServiceReport& report = reports_[service.index()];
    if (report.caption.service.empty()) report.caption.service = service.instream_id();
    return report;
  }
  CaptionServiceReport& configured(Service service) {
    CaptionServiceReport& report = at(service);
    report.configured = true;
    return report;
  }

  std::map<std::size_t, CaptionServiceReport> reports_;
};

void describe_service(TextReport& report, const std::vector<CaptionServiceReport>& services, std::size_t feed) {
  const auto found = std::find_if(services.begin(), services.end(),
                                  [&](const auto& service) { return service.caption.service == report.from; });
  if (found == services.end()) return;
  if (report.language.empty()) report.language = found->caption.language;
  if (report.language.empty()) report.language = found->feeds[feed].language;
  report.announced = found->feeds[feed].announced;
  report.found = report.found || found->feeds[feed].found;
}

/// As TeletextLane of the worker chooses. The configuration has decimal digits, a page's number hexadecimal ones.
bool fits_page(const job::Subtitle& subtitle, const media::TeletextPage& page) {
  const int number = subtitle.page / 100 << 8 | subtitle.page / 10 % 10 << 4 | subtitle.page % 10;
  if (subtitle.page > 0) return page.number == number;
  return page.subtitles &&
         (subtitle.language.empty() || media::language_code(subtitle.language) == media::language_code(page.language));
}

void describe_page(TextReport& report, const job::Subtitle& subtitle, const job::FeedStats& feed) {
  for (const job::Number& number : feed.teletext_pages) {
    const std::uint64_t bits = number_in(number);
    if (bits == 0) continue;
    const media::TeletextPage page = job::unpacked(bits);
    if (!fits_page(subtitle, page)) continue;
    report.announced = true;
    if (report.language.empty()) report.language = page.language;
    return;
  }
}

}  // namespace

std::vector<CaptionServiceReport> caption_services(const job::Options& options, const job::Stats* stats) {
  static_assert(job::kCaptionServices == Service::kAll);
  Services services;
  services.configure(options);
  if (stats == nullptr) return services.take();
  services.list(services_in(stats->line21_listed, stats->digital_listed));
  for (std::size_t i = 0; i < stats->feeds.size(); ++i) services.see(stats->feeds[i], i);
  return services.take();
}

std::vector<TextReport> text_renditions(const job::Options& options, const std::vector<CaptionServiceReport>& services,
                                        const job::Stats* stats, feed::Id shown) {
  std::vector<TextReport> reports;
  for (std::size_t i = 0; i < options.subtitles.size(); ++i) {
    const job::Subtitle& subtitle = options.subtitles[i];
    TextReport report;
    report.name = "s" + std::to_string(i + 1);
    report.from = origin_of(subtitle);
    report.language = subtitle.language;
    if (stats != nullptr && i < stats->text_us.size()) report.last_text = time_in(stats->text_us[i]);
    report.found = report.last_text.has_value();
    if (service_of(subtitle)) describe_service(report, services, feed::index(shown));
    if (subtitle.teletext && stats != nullptr) describe_page(report, subtitle, stats->feeds[feed::index(shown)]);
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace channel
