#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace config {

/// The environment variables that a configuration is read with, by name.
using Environment = std::map<std::string, std::string>;

/// Those of this process. Thread: any, as nothing changes them once other threads run.
Environment environment_of_this_process();

/// A warning for each variable that looks like one of Kickoff's and is not used, one sentence each, with the
/// nearest of the `known` ones. Names of Kickoff's tools and of Kubernetes' service links are left out.
std::vector<std::string> unknown_variables(const Environment& environment, const std::set<std::string>& known);

/// Of `words` the one nearest to `word`, empty where none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& words);

}  // namespace config
