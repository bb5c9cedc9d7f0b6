#include "events/complaint.h"

namespace tallinn {

bool Complaint::refuse(Code code, std::string_view why) {
  code_ = code;
  why_ = why;
  path_.clear();
  return false;
}

bool Complaint::inside(std::string_view member) {
  std::string path(member);
  if (!path_.empty() && path_[0] != '[') path += '.';
  path_ = path + path_;
  return false;
}

bool Complaint::inside(std::size_t item) {
  return inside("[" + std::to_string(item) + "]");
}

Error Complaint::error(std::string_view whole) const {
  return {
      .code = code_, .detail = (path_.empty() ? std::string(whole) : path_) + why_, .field = path_};
}

}  // namespace tallinn
