#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace s3 {

/// What S3 and STS answer is XML of a known shape: elements without attributes (but for the root), no comments, no
/// CDATA. This finds elements by name and needs no tree. Bytes of any kind give no result or a wrong one, never more.
/// Thread: any.

/// Content of the first element of that name, as it stands. Nothing where there is none, or no end to it.
std::optional<std::string_view> find_element(std::string_view xml, std::string_view name);
/// Contents of all elements of that name that do not lie in one another, in order.
std::vector<std::string_view> find_elements(std::string_view xml, std::string_view name);
/// Text of the first element of that name, its entities replaced; empty where there is none.
std::string text_of_element(std::string_view xml, std::string_view name);
/// A text with its entities replaced: the five names, and characters by number.
std::string without_entities(std::string_view text);
/// A text that stands in an element.
std::string with_entities(std::string_view text);

}  // namespace s3
