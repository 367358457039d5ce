// Runs a fuzz target without libFuzzer: over every file of its corpus, and over deterministic mutations of each (bits
// flipped, ends cut off, bytes overwritten, pieces repeated and joined). The same inputs on every machine and every
// run.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr int kMutationsPerFile = 2000;
constexpr auto kTimeLimit = std::chrono::seconds(20);  // of one target, sanitizers included

std::vector<Input> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Input> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

std::size_t pick(std::mt19937& random, std::size_t below) { return below == 0 ? 0 : random() % below; }

void mutate_once(Input& input, const std::vector<Input>& corpus, std::mt19937& random) {
  static constexpr std::uint8_t kEdges[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '\r', '\n', ' ', '=', ','};
  const std::size_t at = pick(random, input.size());
  switch (random() % 6) {
    case 0:
      if (!input.empty()) input[at] = static_cast<std::uint8_t>(input[at] ^ (1U << (random() % 8)));
      break;
    case 1:
      if (!input.empty()) input[at] = kEdges[random() % std::size(kEdges)];
      break;
    case 2: input.resize(at); break;
    case 3:
      if (!input.empty()) input.erase(input.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 4: {
      const Input& other = corpus[pick(random, corpus.size())];
      input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(pick(random, other.size())), other.end());
      break;
    }
    default: {
      const std::size_t length = pick(random, std::min<std::size_t>(input.size() - at, 16) + 1);
      const auto from = input.begin() + static_cast<std::ptrdiff_t>(at);
      const Input piece(from, from + static_cast<std::ptrdiff_t>(length));
      input.insert(input.begin() + static_cast<std::ptrdiff_t>(pick(random, input.size() + 1)), piece.begin(),
                   piece.end());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
    return 2;
  }
  const std::vector<Input> corpus = read_corpus(argv[1]);
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: no corpus in %s\n", argv[0], argv[1]);
    return 1;
  }
  const auto began = std::chrono::steady_clock::now();
  LLVMFuzzerTestOneInput(nullptr, 0);
  for (const Input& input : corpus) LLVMFuzzerTestOneInput(input.data(), input.size());
  std::mt19937 random(20240229);
  std::size_t ran = 0;
  for (int round = 0; round < kMutationsPerFile && std::chrono::steady_clock::now() - began < kTimeLimit; ++round) {
    for (const Input& seed : corpus) {
      Input input = seed;
      for (std::size_t steps = 1 + pick(random, 4); steps > 0; --steps) mutate_once(input, corpus, random);
      // A copy of the exact size, so that a sanitizer sees the first byte read past the end.
      const Input exact(input.begin(), input.end());
      LLVMFuzzerTestOneInput(exact.data(), exact.size());
      ++ran;
    }
  }
  std::printf("%zu files, %zu mutations\n", corpus.size(), ran);
  return 0;
}
