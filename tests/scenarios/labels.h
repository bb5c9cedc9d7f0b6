// Labels: the names that tables give to what no person reads. Pure.
#pragma once

#include <map>
#include <string>

#include "events/uuid.h"

namespace tallinn::scenarios {

/// What tables call things whose ids no person reads: events by their label, keys as "@EE".
struct Labels {
  std::map<std::string, Uuid, std::less<>> events;
  std::map<std::string, PublicKey, std::less<>> keys;
};

/// With the labels instead of ids and keys.
std::string with_labels(const Labels& labels, std::string text);

}  // namespace tallinn::scenarios
