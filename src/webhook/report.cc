#include "webhook/report.h"

namespace webhook {

std::string_view to_string(Failure failure) {
  switch (failure) {
    case Failure::kNetwork: return "network";
    case Failure::kRedirect: return "redirect";
    case Failure::kRefused: return "refused";
    case Failure::kServerError: return "server_error";
    case Failure::kGone: return "gone";
  }
  return "unknown";
}

std::string_view to_string(Drop drop) {
  switch (drop) {
    case Drop::kQueueFull: return "queue_full";
    case Drop::kGone: return "gone";
    case Drop::kDeadLettersFull: return "dead_letters_full";
  }
  return "unknown";
}

}  // namespace webhook
