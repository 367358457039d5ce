#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "unit/config/parsed.h"
#include "unit/media/png_file.h"

namespace config {
namespace {

using Corner = media::Overlay::Corner;

class OverlayKeysTest : public ::testing::Test {
 protected:
  OverlayKeysTest() {
    char pattern[] = "/tmp/kickoff-overlay-XXXXXX";
    directory_ = mkdtemp(pattern);
    const std::vector<std::uint8_t> png = media::testing::png_of(4, 4, {255, 0, 0, 255});
    file("logo.png", std::string(base::text_of(png)));
  }
  ~OverlayKeysTest() override { std::filesystem::remove_all(directory_); }
  std::string file(const std::string& name, const std::string& bytes) {
    std::ofstream(directory_ + "/" + name, std::ios::binary) << bytes;
    return directory_ + "/" + name;
  }
  std::string logo() const { return directory_ + "/logo.png"; }
  /// A channel with this list.
  static std::string with(const std::string& list, const std::string& more = "") {
    return "channels:\n  match:\n    overlays:" + list + "\n" + more;
  }
  static std::vector<channel::DeclaredOverlay> read(const std::string& list) {
    return good(with(list)).channels.at("match").options.overlays;
  }

  std::string directory_;
};

TEST_F(OverlayKeysTest, DeclareLogosAndTexts) {
  const auto overlays = read("\n      - {id: logo, image: " + logo() +
                             ", position: bottom-left, margin: 2.5%, width: 10%, opacity: 80%, enabled: false}"
                             "\n      - {id: clock, text: \"{channel} {utc}\", line: 4%}");
  ASSERT_EQ(overlays.size(), 2U);
  EXPECT_FALSE(overlays[0].on);
  EXPECT_FALSE(overlays[0].overlay.png.empty());
  EXPECT_EQ(overlays[0].overlay.corner, Corner::kBottomLeft);
  EXPECT_EQ(overlays[0].overlay.margin, 25);
  EXPECT_EQ(overlays[0].overlay.width, 100);
  EXPECT_EQ(overlays[0].overlay.opacity, 800);
  EXPECT_TRUE(overlays[1].on);
  EXPECT_EQ(overlays[1].overlay.text, "{channel} {utc}");
  EXPECT_EQ(overlays[1].overlay.line, 40);
}

TEST_F(OverlayKeysTest, SayWhatIsWrongWithALogoAndWhatToDo) {
  const auto problem = [&](const std::string& path) {
    return problems_of(with("\n      - {id: a, image: " + path + "}"));
  };
  EXPECT_EQ(problem(logo()), "");
  EXPECT_NE(problem(file("a.jpg", "\xff\xd8\xff\xe0")).find("no PNG picture: convert it"), std::string::npos);
  EXPECT_NE(problem(file("cut.png", "\x89PNG\r\n\x1a\n")).find("cut off: export it again"), std::string::npos);
  EXPECT_NE(problem(directory_ + "/none.png"), "");
}

TEST_F(OverlayKeysTest, RefuseWhatCannotBeShown) {
  const auto problem = [&](const std::string& list, const std::string& more = "") {
    return problems_of(with(list, more));
  };
  EXPECT_NE(problem("\n      - {text: a}").find("needs an id"), std::string::npos);
  EXPECT_NE(problem("\n      - {id: a}").find("an image or a text"), std::string::npos);
  EXPECT_NE(problem("\n      - {id: a, text: b, image: " + logo() + "}").find("not both"), std::string::npos);
  EXPECT_NE(problem("\n      - {id: a, text: b}\n      - {id: a, text: c}").find("two overlays have the id a"),
            std::string::npos);
  EXPECT_NE(problem("\n      - {id: a, text: b, width: 60%}").find("1% to 50%"), std::string::npos);
  EXPECT_NE(problem("\n      - {id: a, text: b, opacity: 0.5}").find("1% to 100%"), std::string::npos);
  EXPECT_NE(problem("\n      - {id: a b, text: c}"), "");
  EXPECT_NE(problem("\n      - {id: a, text: b}", "    source: copy\n    ladder: none\n").find("rung that is encoded"),
            std::string::npos);
  std::string nine;
  for (int i = 0; i < 9; ++i) nine += "\n      - {id: a" + std::to_string(i) + ", text: b}";
  EXPECT_NE(problem(nine).find("at most 8"), std::string::npos);
}

}  // namespace
}  // namespace config
