#pragma once

#include "tokens/jose.h"
#include "tokens/keys.h"

namespace tokens {

struct Key::Handle {
  explicit Handle(JoseKey given) : key(std::move(given)) {}
  JoseKey key;
};

}  // namespace tokens
