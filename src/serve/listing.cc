#include "serve/listing.h"

namespace serve {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char letter : text) {
    switch (letter) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += letter;
    }
  }
}

const char* word_for(origin::State state) {
  switch (state) {
    case origin::State::kWaiting: return "starting";
    case origin::State::kLive: return "live";
    case origin::State::kEnded: return "ended";
  }
  return "";
}

}  // namespace

std::string render_listing(const std::vector<std::pair<std::string_view, origin::State>>& channels) {
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"refresh\" content=\"5\">\n<title>Kickoff</title>\n<link rel=\"icon\" href=\"data:,\">\n"
      "<link rel=\"stylesheet\" href=\"/web/style.css\">\n</head>\n<body class=\"list\">\n"
      "<header><a class=\"brand\" href=\"/\">Kickoff</a></header>\n<main>\n";
  if (channels.empty())
    page += "<p>Nothing is live. Push a feed to rtmp://HOST/live/CHANNEL and it appears here.</p>\n";
  if (!channels.empty()) page += "<ul class=\"channels\">\n";
  for (const auto& [name, state] : channels) {
    page += "<li><a href=\"/play/";
    append_escaped(page, name);
    page += "\">";
    append_escaped(page, name);
    page += "</a> <span class=\"badge\">";
    page += word_for(state);
    page += "</span> <a href=\"/live/";
    append_escaped(page, name);
    page += "/index.m3u8\">playlist</a></li>\n";
  }
  if (!channels.empty()) page += "</ul>\n";
  page += "</main>\n</body>\n</html>\n";
  return page;
}

}  // namespace serve
