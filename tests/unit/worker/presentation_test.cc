#include "worker/presentation.h"

#include <gtest/gtest.h>

namespace worker {
namespace {

using State = Presentation::State;

Presentation::Describe labelled(const std::string& label) {
  return [label] {
    packager::RenditionSpec spec;
    spec.label = label;
    return spec;
  };
}

record::Presentation log_of(const std::vector<std::string>& names) {
  record::Presentation known;
  for (const std::string& name : names) {
    record::Rendition rendition;
    rendition.name = name;
    rendition.label = "logged " + name;
    rendition.copied = true;
    known.renditions.push_back(rendition);
  }
  return known;
}

std::string described(Presentation& presentation) {
  std::string all;
  for (const packager::RenditionSpec& spec : presentation.specs()) all += spec.name + "=" + spec.label + ";";
  return all;
}

TEST(WorkerPresentation, IsGatheredUntilItBeginsAndThenCurrentOnceTold) {
  Presentation presentation;
  EXPECT_EQ(presentation.state(), State::kGathering);
  presentation.add("v720", labelled("720p"));
  EXPECT_EQ(presentation.state(), State::kGathering) << "more tracks may come";
  presentation.begin();
  EXPECT_EQ(presentation.state(), State::kChanged);
  EXPECT_EQ(described(presentation), "v720=720p;");
  EXPECT_EQ(presentation.state(), State::kCurrent);
  presentation.begin();
  EXPECT_EQ(presentation.state(), State::kCurrent) << "it has begun";
}

TEST(WorkerPresentation, AChangeBeforeItBeginsKeepsItGathering) {
  Presentation presentation;
  presentation.add("v720", labelled("720p"));
  presentation.changed();
  EXPECT_EQ(presentation.state(), State::kGathering);
  presentation.specs();
  EXPECT_EQ(presentation.state(), State::kGathering) << "looking at it presents nothing";
}

TEST(WorkerPresentation, AChangeOrANewRenditionOfWhatIsToldIsToldAgain) {
  Presentation presentation;
  presentation.add("v720", labelled("720p"));
  presentation.begin();
  presentation.specs();
  presentation.changed();
  EXPECT_EQ(presentation.state(), State::kChanged);
  presentation.changed();
  EXPECT_EQ(presentation.state(), State::kChanged);
  presentation.specs();
  presentation.add("a1", labelled("English"));
  EXPECT_EQ(presentation.state(), State::kChanged);
  EXPECT_EQ(described(presentation), "v720=720p;a1=English;");
}

TEST(WorkerPresentation, AResumedRenditionStaysAsItWasUntilATrackTakesItsName) {
  Presentation presentation;
  presentation.resume(log_of({"source", "a1"}));
  EXPECT_EQ(presentation.state(), State::kChanged);
  EXPECT_EQ(described(presentation), "source=logged source;a1=logged a1;");
  EXPECT_EQ(presentation.state(), State::kCurrent);

  EXPECT_EQ(presentation.add("a1", labelled("English")), 1U);
  EXPECT_EQ(presentation.state(), State::kChanged);
  EXPECT_EQ(described(presentation), "source=logged source;a1=English;");
}

TEST(WorkerPresentation, IndicesNeverChangeTheirMeaning) {
  Presentation presentation;
  presentation.resume(log_of({"source", "a1"}));
  EXPECT_EQ(presentation.add("a2", labelled("French")), 2U) << "new: behind those of the log";
  EXPECT_EQ(presentation.add("source", labelled("720p")), 0U);
  EXPECT_EQ(presentation.add("a1", labelled("English")), 1U);
  EXPECT_EQ(presentation.add("a1", labelled("another")), 3U) << "the name's place is taken";
  EXPECT_EQ(described(presentation), "source=720p;a1=English;a2=French;a1=another;");
}

TEST(WorkerPresentation, ASpecBearsTheNameOfItsPlace) {
  Presentation presentation;
  presentation.add("v360", [] {
    packager::RenditionSpec spec;
    spec.name = "what the lane thinks";
    return spec;
  });
  EXPECT_EQ(presentation.specs().at(0).name, "v360");
}

}  // namespace
}  // namespace worker
