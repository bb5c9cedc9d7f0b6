#include "net/version.h"

namespace tallinn {

std::string_view version() {
  return TALLINN_VERSION;
}

}  // namespace tallinn
