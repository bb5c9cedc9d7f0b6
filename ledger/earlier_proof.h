// A consistency proof made from another one: a tree of which only the first leaves are here, and
// the proof that these lead to it, prove the same of every smaller prefix. Pure.
#pragma once

#include "ledger/merkle.h"

namespace tallinn {

/// The proof that `earlier` leaves lead to the tree of `size`: what `prove_consistency` would make
/// if all of them were here. `held` < `size` are, and `proof` leads from them; `earlier` <= `held`.
/// `reader` is asked for complete subtrees of what is held. Error failed: `proof` is not of that
/// shape.
Result<std::vector<Digest>> prove_earlier(LogSize earlier, LogSize held, LogSize size,
                                          std::span<const Digest> proof, HashReader& reader);

}  // namespace tallinn
