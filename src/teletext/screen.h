#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "teletext/page_reader.h"

namespace teletext {

/// Makes text of pages, by libzvbi: national and accented characters, text of double height and width. Colours,
/// positions, mosaic pictures and what is concealed are left out. Garbage gives wrong text, nothing worse. Thread: one.
class Screen {
 public:
  /// `language`: of the text, ISO 639 or RFC 5646; which alphabet a page has whose service does not say so depends on
  /// it. Empty: Latin, of western Europe. Errors: kSystem without memory.
  static base::Result<Screen> make(std::string_view language);
  ~Screen();
  Screen(Screen&&) noexcept;
  Screen& operator=(Screen&&) noexcept;

  /// Lines in UTF-8, from the top; empty where nothing is shown.
  std::string text(const Page& page);

 private:
  struct State;
  explicit Screen(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace teletext
