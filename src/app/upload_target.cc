#include "app/upload_target.h"

#include <functional>
#include <string>
#include <utility>

#include "config/environment.h"
#include "s3/address.h"

namespace app {
namespace {

/// What of the environment has to do with credentials is read once, while there is one thread.
std::function<std::optional<std::string>(const char*)> variables() {
  return [environment = config::environment_of_this_process()](const char* name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    return found == environment.end() ? std::nullopt : std::optional(found->second);
  };
}

}  // namespace

std::optional<upload::Target> upload_target(const config::Config::Channel& channel) {
  const config::Config::Upload& upload = channel.upload;
  auto address = s3::parse_address(upload.url, upload.endpoint, upload.region);
  if (upload.url.empty() || !address.ok()) return std::nullopt;
  upload::Target target{
      address.take(), {upload.source, upload.credentials_file, upload.region, variables()}, upload.type, {}};
  target.log.window = channel.options.window;
  target.log.markers = channel.options.markers;
  target.log.audio_only = channel.options.audio_only;
  return target;
}

}  // namespace app
