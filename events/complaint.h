// Complaint: the first refusal of a walk through a record; the path to the member at fault is built
// on the way out. Pure. Every function answers false, so that a walk reads `return
// complaint.refuse(...)` and stops.
#pragma once

#include <string>
#include <string_view>

#include "events/result.h"

namespace tallinn {

class Complaint {
 public:
  /// `why` follows the path in the sentence: "body.year" + " is missing".
  bool refuse(Code code, std::string_view why);
  /// The refusal came from inside this member, or this item of a list.
  bool inside(std::string_view member);
  bool inside(std::size_t item);
  /// The refusal as an Error; `whole` stands for an empty path.
  Error error(std::string_view whole) const;

 private:
  Code code_ = Code::malformed;
  std::string why_;
  std::string path_;
};

}  // namespace tallinn
