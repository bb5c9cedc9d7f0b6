#include "projections/touched.h"

#include "events/assert.h"

namespace tallinn {

Uuid id_of(const std::string& name) {
  const auto raw = from_hex(name);
  TALLINN_ASSERT(raw.has_value());
  return *Uuid::from(*raw);
}

}  // namespace tallinn
