#include "control/store.h"

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "config/channel_entry.h"
#include "control/document.h"
#include "control/merge.h"

namespace control {
namespace {

using Kind = api::DeclarationOutcome::Kind;

/// What messages call the body of a request.
constexpr const char* kBody = "body";

Change refused(api::DeclarationOutcome outcome) { return {std::move(outcome), false, nullptr}; }

Change no_disk(const base::Error& error) {
  return refused({.kind = Kind::kDisk,
                  .problems = {error.what + "; what was declared before holds, and after a restart perhaps the new: "
                                            "make room, and send it again"}});
}

std::vector<api::DeclaredChange> changes(const Declaration* before, const std::string& after) {
  return changes_between(before == nullptr ? "" : before->text, after, config::channel_key_rules());
}

/// Why an order does not fit what is declared; nothing where it does. Spec: [RFC 9110 13.2.2]
std::optional<Kind> misfit(const api::DeclarationOrder& order, const std::string& etag) {
  if (!order.if_match.empty() && !matches(order.if_match, etag)) return Kind::kNoMatch;
  if (!order.if_none_match.empty() && matches(order.if_none_match, etag)) return Kind::kNoMatch;
  return std::nullopt;
}

/// Why the channel cannot be one more; empty: it can.
std::vector<std::string> misfits_between(const std::string& name, const std::shared_ptr<const Declaration>& declaration,
                                         const config::Config& file, const Declarations& others,
                                         const std::string& config_file) {
  // What is in force stays so: the newcomer is the one that does not fit.
  Declarations now = others;
  now.erase(name);
  Merged merged = merge(file, now, config_file);
  Merged more = merge(merged.config, {{name, declaration}}, config_file);
  return more.left_out.contains(name) ? more.left_out[name] : std::vector<std::string>{};
}

}  // namespace

base::Result<Declarations> Store::read() const {
  TRY(const auto files, files_.read_all());
  Declarations all;
  for (const auto& [name, text] : files) {
    all[name] = std::make_shared<const Declaration>(
        read_declaration(name, text, files_.path(name), config_file_, environment_));
  }
  return all;
}

base::Result<std::shared_ptr<const Declaration>> Store::find(const std::string& name) const {
  const base::Result<std::string> text = files_.read(name);
  if (!text.ok() && text.error().code == base::Code::kNotFound) return std::shared_ptr<const Declaration>();
  return std::shared_ptr<const Declaration>(
      std::make_shared<const Declaration>(read_declaration(name, text, files_.path(name), config_file_, environment_)));
}

bool Store::full() const {
  const auto files = files_.read_all();
  return files.ok() && files->size() >= api::kMostDeclared;
}

Change Store::carry_out(const api::DeclarationOrder& order, const config::Config& file, const Declarations& others) {
  const config::Complaint complaint = order.channel == "*" ? "\"*\" stands for all channels without an entry of their "
                                                             "own, and belongs to the configuration file"
                                                           : config::channel_name_complaint(order.channel);
  if (!complaint.empty()) return refused({.kind = Kind::kInvalid, .problems = {complaint}});
  const auto before = find(order.channel);
  if (!before.ok()) return no_disk(before.error());
  return order.text ? put(order, *before, file, others) : remove(order, *before, file);
}

Change Store::put(const api::DeclarationOrder& order, const std::shared_ptr<const Declaration>& before,
                  const config::Config& file, const Declarations& others) {
  const std::string etag = before == nullptr ? "" : before->etag;
  if (file.channels.contains(order.channel)) return refused({.kind = Kind::kInFile, .file = config_file_});
  auto parsed = parse_document(*order.text, kBody);
  if (auto* problem = std::get_if<std::string>(&parsed))
    return refused({.kind = Kind::kInvalid, .problems = {std::move(*problem)}});
  const Document& document = std::get<Document>(parsed);
  // An order that has come a second time, because its answer was lost, has its If-Match from before the first.
  // Spec: [RFC 9110 13.1.1]
  const bool same = document.etag == etag && before->channel != nullptr;
  if (same && (order.if_none_match.empty() || !matches(order.if_none_match, etag)))
    return refused({.kind = Kind::kUnchanged, .etag = etag});
  if (const auto why = misfit(order, etag)) return refused({.kind = *why, .etag = etag});
  if (before != nullptr && order.if_match.empty() && !order.dry_run)
    return refused({.kind = Kind::kNeedsCondition, .etag = etag});
  auto declaration =
      std::make_shared<Declaration>(read_declaration(order.channel, *order.text, kBody, config_file_, environment_));
  if (declaration->channel == nullptr) return refused({.kind = Kind::kInvalid, .problems = declaration->problems});
  declaration->text = document.text;
  if (auto faults = misfits_between(order.channel, declaration, file, others, config_file_); !faults.empty())
    return refused({.kind = Kind::kInvalid, .problems = std::move(faults)});
  if (before == nullptr && full()) return refused({.kind = Kind::kTooMany});
  Change change{{.kind = before == nullptr ? Kind::kCreated : Kind::kChanged,
                 .etag = order.dry_run ? etag : document.etag,
                 .changes = changes(before.get(), document.text)},
                !order.dry_run,
                declaration};
  if (order.dry_run) return change;
  const base::Status written = files_.write(order.channel, document.text);
  return written.ok() ? change : no_disk(written.error());
}

Change Store::remove(const api::DeclarationOrder& order, const std::shared_ptr<const Declaration>& before,
                     const config::Config& file) {
  const bool in_file = file.channels.contains(order.channel);
  if (before == nullptr && in_file) return refused({.kind = Kind::kInFile, .file = config_file_});
  if (const auto why = misfit(order, before == nullptr ? "" : before->etag))
    return refused({.kind = *why, .etag = before == nullptr ? "" : before->etag});
  if (before == nullptr) return refused({.kind = Kind::kNotDeclared});
  Change change{
      {.kind = Kind::kRemoved, .etag = order.dry_run ? before->etag : "", .changes = changes(before.get(), "")},
      !order.dry_run,
      nullptr};
  if (order.dry_run) return change;
  const base::Status removed = files_.remove(order.channel);
  return removed.ok() ? change : no_disk(removed.error());
}

}  // namespace control
