// The same equations over all records there are (projections/conservation.h).
#include <map>

#include "projections/conservation.h"
#include "projections/hearing.h"

namespace tallinn {
namespace {

std::string says_not(std::string_view what, std::int64_t says, std::int64_t should) {
  return std::string(what) + ": " + std::to_string(says) + ", not " + std::to_string(should);
}

/// Every record of one kind, and what those below say that they take of it.
class Books {
 public:
  explicit Books(ViewReader& views) : views_(views) {}

  std::vector<std::string> check() {
    each<ConsignmentRecord>([&](const std::string& key, const ConsignmentRecord& record) {
      for (const ConsignmentLine& line : record.lines) tell(key, imbalance_in(line));
      take<AllocationRecord>(record);
    });
    each<AllocationRecord>([&](const std::string& key, const AllocationRecord& record) {
      compare(key, record);
      take<CommitmentRecord>(record);
      if (record.registered)
        allocated_[line_key(record.need.value(), record.line)] += record.covers;
    });
    each<CommitmentRecord>([&](const std::string& key, const CommitmentRecord& record) {
      compare(key, record);
      take<PledgeRecord>(record);
    });
    each<PledgeRecord>(
        [&](const std::string& key, const PledgeRecord& record) { compare(key, record); });
    each<NeedRecord>([&](const std::string& key, const NeedRecord& record) {
      const std::string name = key.substr(NeedRecord::kPrefix.size());
      for (const NeedLineRecord& line : record.lines) {
        const std::int64_t all = allocated_[line_key(name, line.line.line)];
        if (record.registered && line.allocated_quantity != all)
          tell(key, says_not("allocated", line.allocated_quantity, all));
      }
    });
    return std::move(found_);
  }

 private:
  static std::string line_key(const std::string& need, LineNumber line) {
    return need + "/" + std::to_string(line.value());
  }

  template <class R, class Visit>
  void each(const Visit& visit) {
    const Bytes prefix(R::kPrefix);
    views_.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
      const R record = decode_record<R>(value);
      tell(std::string(key), imbalance_in(record));
      visit(std::string(key), record);
      return ViewReader::Next::go_on;
    });
  }
  template <class Above, class R>
  void take(const R& record) {
    if (above(record).empty()) return;
    std::int64_t& taken = taken_[std::string(Above::kPrefix).append(above(record))];
    taken = sum(taken, balance_of(record).draws);
  }
  template <class R>
  void compare(const std::string& key, const R& record) {
    const std::int64_t drawn = balance_of(record).drawn;
    const auto taken = taken_.find(key);
    const std::int64_t all = taken == taken_.end() ? 0 : taken->second;
    if (drawn != all && !at_the_end(drawn) && !at_the_end(all))
      tell(key, says_not("drawn", drawn, all));
  }
  void tell(const std::string& key, const Imbalance& imbalance) {
    if (imbalance) found_.push_back(key + ": " + *imbalance);
  }

  ViewReader& views_;
  std::map<std::string, std::int64_t> taken_;
  std::map<std::string, std::int64_t> allocated_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> imbalances(ViewReader& views) {
  return Books(views).check();
}

}  // namespace tallinn
