#pragma once

#include <cjose/cjose.h>

#include <cstdlib>
#include <memory>

namespace tokens {

// cjose's objects, freed. Only for the sources of this folder.
struct JoseFree {
  void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
  void operator()(cjose_jws_t* token) const { cjose_jws_release(token); }
  void operator()(char* text) const { std::free(text); }
};
using JoseKey = std::unique_ptr<cjose_jwk_t, JoseFree>;
using JoseToken = std::unique_ptr<cjose_jws_t, JoseFree>;

}  // namespace tokens
