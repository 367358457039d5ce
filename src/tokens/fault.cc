#include "tokens/fault.h"

namespace tokens {

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::kNone: return "accepted";
    case Fault::kMissing: return "missing";
    case Fault::kMalformed: return "malformed";
    case Fault::kAlgorithm: return "algorithm";
    case Fault::kUnknownKey: return "unknown_key";
    case Fault::kSignature: return "signature";
    case Fault::kExpired: return "expired";
    case Fault::kNotYet: return "not_yet";
    case Fault::kIssuer: return "issuer";
    case Fault::kAudience: return "audience";
    case Fault::kChannel: return "channel";
    case Fault::kNetwork: return "network";
    case Fault::kView: return "view";
    case Fault::kNoKeys: return "no_keys";
    case Fault::kBusy: return "busy";
  }
  return "unknown";
}

Refusal refusal_of(Fault fault) {
  switch (fault) {
    case Fault::kNone: break;
    case Fault::kMissing: return {401, "This channel needs a token\n"};
    case Fault::kMalformed: return {401, "The token cannot be read\n"};
    case Fault::kAlgorithm: return {401, "The token's algorithm is not allowed\n"};
    case Fault::kUnknownKey: return {401, "The token's key is not known\n"};
    case Fault::kSignature: return {401, "The token's signature is wrong\n"};
    case Fault::kExpired: return {401, "The token has expired\n"};
    case Fault::kNotYet: return {401, "The token is not valid yet\n"};
    case Fault::kIssuer: return {401, "The token is of another issuer\n"};
    case Fault::kAudience: return {401, "The token is for another audience\n"};
    case Fault::kChannel: return {403, "The token is not for this channel\n"};
    case Fault::kNetwork: return {403, "The token is not for this address\n"};
    case Fault::kView: return {403, "The token is for a view of this channel\n"};
    case Fault::kNoKeys: return {503, "No keys to check tokens with yet; try again\n"};
    case Fault::kBusy: return {503, "Too many wrong tokens from this address; try again\n"};
  }
  return {503, "Try again\n"};
}

}  // namespace tokens
