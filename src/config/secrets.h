#pragma once

#include <string>
#include <vector>

#include "config/keys.h"

namespace config {

/// The keys that a list of secrets comes from: the configuration itself, an environment variable with secrets
/// separated by commas, and a secrets file with one a line.
struct SecretKeys {
  Key list;
  Key variable;
  Key file;
};

/// Declares them. The secrets of all three are kept in `values`. `fault`: what is wrong with one of them, without the
/// secret itself, as what follows "an item of NAME". `noun`: what one is called in messages, such as "key".
void declare_secrets(Keys& keys, const SecretKeys& names, const char* noun, std::vector<std::string>& values,
                     const std::function<Complaint(const std::string&)>& fault);

}  // namespace config
