#include "net/committer.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <variant>

#include "ledger/way_out.h"
#include "net/rebuild_beside.h"
#include "net/state_pace.h"

namespace tallinn {
namespace {

constexpr std::size_t kMaxGroup = 1'024;  ///< jobs in one commit
constexpr std::size_t kWorthPool = 16;  ///< entries from which a batch's signatures go to the pool
constexpr std::chrono::milliseconds kIdleTick{100};

struct SubmitJob {
  Submission submission;
  Committer::Answered answered;
};
struct BatchJob {
  PeerBatch batch;
  Committer::Taken taken;
  Signatures signatures = Signatures::to_check;
};
struct ValuesJob {
  std::vector<WithheldValue> values;
  std::function<void(bool)> taken;
};
struct NoteJob {
  PeerNote note;
  std::function<void(Result<void>)> taken;
};
struct WitnessJob {
  AddCheckpoint request;
  std::function<void(Result<WitnessAnswer>)> answered;
};
struct EraseJob {
  std::string note;
  std::function<void(Result<Erasure>)> answered;
};
struct GreetJob {
  std::vector<HeldLog> peer_held;
  std::function<void(std::vector<PeerNote>)> greeted;
};
struct ViewsJob {
  RebuildBeside* rebuilt;
  std::size_t most_left;
  std::function<void(Stored<bool>)> taken;
};
using Job =
    std::variant<SubmitJob, BatchJob, NoteJob, ValuesJob, WitnessJob, EraseJob, GreetJob, ViewsJob>;

Error as_error(const Fault& fault) {
  return {
      .code = Code::not_appending,
      .detail = "the store has failed: " + fault.detail + "; " + std::string(way_out_of(fault))};
}

bool good_signatures(const BatchEntry& incoming, const LedgerId& ledger) {
  const auto entry = decode_entry(incoming.entry);
  return entry && std::ranges::all_of(entry->signatures, [&](const EventSignature& signature) {
           return check_event_signature(signature, ledger, entry->event);
         });
}

}  // namespace

struct Committer::Impl {
  Impl(Replica& replica_in, Clock clock_in, Events events_in)
      : replica(replica_in),
        clock(std::move(clock_in)),
        events(std::move(events_in)),
        workers(std::max(1u, std::thread::hardware_concurrency())),
        last_change(clock()),
        thread([this] { run(); }) {}

  ~Impl() {
    workers.join();
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    wake.notify_one();
    thread.join();
  }

  void push(Job job) {
    {
      const std::lock_guard lock(mutex);
      queue.push_back(std::move(job));
    }
    wake.notify_one();
  }

  /// A batch while its signatures are checked.
  struct Checking {
    BatchJob job;
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> running{0};
    std::atomic<bool> all_good{true};
    bool done = false;  ///< under checking_mutex
  };
  void begin_checking(std::shared_ptr<Checking> one) {
    {
      const std::lock_guard lock(checking_mutex);
      checking.push_back(std::move(one));
    }
    push_checked();
  }
  void check_signatures(Checking& one) {
    const auto& entries = one.job.batch.entries;
    for (std::size_t i = one.next++; i < entries.size() && one.all_good; i = one.next++)
      if (!good_signatures(entries[i], replica.charter().id)) one.all_good = false;
    if (--one.running > 0) return;
    // One that is bad is found again, and named, when the batch is staged.
    one.job.signatures = one.all_good ? Signatures::checked_good : Signatures::to_check;
    {
      const std::lock_guard lock(checking_mutex);
      one.done = true;
    }
    push_checked();
  }
  /// In the order in which they came: a batch builds on the one before.
  void push_checked() {
    const std::lock_guard lock(checking_mutex);
    for (; !checking.empty() && checking.front()->done; checking.pop_front())
      push(std::move(checking.front()->job));
  }

  void run() {
    for (;;) {
      std::vector<Job> group = take_group();
      if (group.empty() && stopping) {
        answer_scrubbed(std::nullopt, clock());
        break;
      }
      commit_group(std::move(group));
      run_state_job();
    }
    if (state.valid()) state.wait();
  }

  std::vector<Job> take_group() {
    std::unique_lock lock(mutex);
    wake.wait_for(lock, kIdleTick, [this] { return stopping || !queue.empty(); });
    const std::size_t count = std::min(queue.size(), kMaxGroup);
    std::vector<Job> group(
        std::make_move_iterator(queue.begin()),
        std::make_move_iterator(queue.begin() + static_cast<std::ptrdiff_t>(count)));
    queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(count));
    return group;
  }

  /// Stages every job, commits once, then answers all.
  void commit_group(std::vector<Job> group) {
    std::vector<std::function<void(const std::optional<Fault>&)>> answers;
    for (Job& job : group)
      answers.push_back(std::visit([this](auto& one) { return stage(one); }, job));
    const UnixMillis now = clock();
    replica.renew_cosignatures(now);
    const auto committed = replica.commit(now);
    const std::optional<Fault> fault = committed ? std::nullopt : std::optional(committed.error());
    for (const auto& answer : answers) answer(fault);
    answer_scrubbed(fault, now);
    if (fault) return fail(*fault);
    auto notes = replica.take_notes();
    if (notes.empty() && replica.held() == told) return;
    last_change = now;
    told = replica.held();
    if (events.changed) events.changed(std::move(notes), told);
  }

  void fail(const Fault& fault) {
    if (failed) return;
    failed = true;
    if (events.failed) events.failed(fault);
  }

  using Answer = std::function<void(const std::optional<Fault>&)>;

  /// With what was staged, once that is durable; else with the fault.
  template <class T>
  static Answer answer(Stored<Result<T>> staged, std::function<void(Result<T>)> answered) {
    return [staged = std::move(staged),
            answered = std::move(answered)](const std::optional<Fault>& fault) {
      if (!staged || fault)
        return answered(std::unexpected(as_error(fault ? *fault : staged.error())));
      answered(*staged);
    };
  }

  Answer stage(SubmitJob& job) {
    return answer(replica.stage_submission(job.submission, clock()), std::move(job.answered));
  }
  Answer stage(BatchJob& job) {
    std::function<void(Result<void>)> taken = [this,
                                               done = std::move(job.taken)](Result<void> result) {
      done(std::move(result), replica.held());
    };
    return answer(replica.stage_batch(job.batch, job.signatures), std::move(taken));
  }
  Answer stage(NoteJob& job) { return answer(replica.stage_note(job.note), std::move(job.taken)); }
  Answer stage(ValuesJob& job) {
    return [staged = replica.stage_values(job.values).has_value(), taken = std::move(job.taken)](
               const std::optional<Fault>& fault) { taken(staged && !fault); };
  }
  Answer stage(WitnessJob& job) {
    return answer(replica.stage_witness(job.request, clock()), std::move(job.answered));
  }
  Answer stage(EraseJob& job) {
    std::function<void(Result<Erasure>)> answered =
        [this, done = std::move(job.answered)](Result<Erasure> erased) {
          if (!erased || !replica.erased_remains()) return done(std::move(erased));
          const std::chrono::milliseconds within = kScrubWithin;
          unscrubbed.push_back(
              {UnixMillis(clock().value() + within.count()), *std::move(erased), done});
        };
    return answer(replica.stage_erasure(job.note, clock()), std::move(answered));
  }
  /// Those who wait until what they had erased is in no file.
  void answer_scrubbed(const std::optional<Fault>& fault, UnixMillis now) {
    std::erase_if(unscrubbed, [&](Unscrubbed& waiting) {
      if (fault)
        waiting.answered(std::unexpected(as_error(*fault)));
      else if (!replica.erased_remains())
        waiting.answered(waiting.erased);
      else if (stopping || now > waiting.deadline)
        waiting.answered(refuse(Code::unavailable,
                                "the value is erased and given no more, and a reader that began "
                                "before still needs the file that it was in: ask again later"));
      else
        return false;
      return true;
    });
  }
  Answer stage(GreetJob& job) {
    for (const HeldLog& held : job.peer_held) replica.show_own_log(held);
    return [this, greeted = std::move(job.greeted)](const std::optional<Fault>&) {
      greeted(replica.notes_for_new_peer());
    };
  }

  Answer stage(ViewsJob& job) {
    return [this, &rebuilt = *job.rebuilt, most = job.most_left,
            taken = std::move(job.taken)](const std::optional<Fault>& fault) {
      if (fault) return taken(std::unexpected(*fault));
      auto placed = replica.take_views(rebuilt, most, clock());
      if (placed && *placed) {
        // A root of views that were wrong is not signed.
        state_is_stale = state.valid() && rebuilt.differences().total() > 0;
        if (events.changed) events.changed(replica.take_notes(), replica.held());
      }
      taken(std::move(placed));
    };
  }

  /// One state root at a time, computed beside the commits from a snapshot.
  void run_state_job() {
    if (state.valid()) {
      if (state.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
      const auto computed = state.get();
      state_pace.ended(clock());
      if (!computed) return fail(computed.error());
      if (std::exchange(state_is_stale, false)) return;
      if (auto staged = replica.stage_state(*computed); !staged) return fail(staged.error());
      commit_group({});
    }
    const UnixMillis now = clock();
    auto job = replica.next_state_job(
        now.value() - last_change.value(),
        state_pace.rests(now) ? Replica::Propose::nothing : Replica::Propose::a_point);
    if (!job) return;
    state_pace.began(now);
    state = std::async(std::launch::async, [job = std::move(*job)] { return compute_state(job); });
  }

  Replica& replica;
  Clock clock;
  Events events;
  /// Batches whose signatures are being checked, in the order in which they came.
  std::mutex checking_mutex;
  std::deque<std::shared_ptr<Checking>> checking;
  boost::asio::thread_pool workers;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Job> queue;
  std::atomic<bool> stopping = false;
  bool failed = false;
  UnixMillis last_change;
  std::vector<HeldLog> told;
  struct Unscrubbed {
    UnixMillis deadline;
    Erasure erased;
    std::function<void(Result<Erasure>)> answered;
  };
  std::vector<Unscrubbed> unscrubbed;
  std::future<Stored<StateNote>> state;
  StatePace state_pace;
  bool state_is_stale = false;
  std::thread thread;
};

Committer::Committer(Replica& replica, Clock clock, Events events)
    : impl_(std::make_unique<Impl>(replica, std::move(clock), std::move(events))) {}
Committer::~Committer() = default;

void Committer::submit(Submission submission, Answered answered) {
  impl_->push(SubmitJob{std::move(submission), std::move(answered)});
}

void Committer::take(PeerBatch batch, Taken taken) {
  auto checking = std::make_shared<Impl::Checking>();
  checking->job.batch = std::move(batch);
  checking->job.taken = std::move(taken);
  const bool worth_pool = checking->job.batch.entries.size() >= kWorthPool;
  const std::size_t tasks = worth_pool ? std::max(1u, std::thread::hardware_concurrency()) : 0;
  checking->running = tasks;
  checking->done = !worth_pool;
  Impl* const impl = impl_.get();
  impl->begin_checking(checking);
  for (std::size_t task = 0; task < tasks; ++task)
    boost::asio::post(impl->workers, [checking, impl] { impl->check_signatures(*checking); });
}

void Committer::take(PeerNote note, std::function<void(Result<void>)> taken) {
  impl_->push(NoteJob{std::move(note), std::move(taken)});
}

void Committer::take(std::vector<WithheldValue> values, std::function<void(bool)> taken) {
  impl_->push(ValuesJob{std::move(values), std::move(taken)});
}

void Committer::witness(AddCheckpoint request,
                        std::function<void(Result<WitnessAnswer>)> answered) {
  impl_->push(WitnessJob{std::move(request), std::move(answered)});
}

void Committer::erase(std::string note, std::function<void(Result<Erasure>)> answered) {
  impl_->push(EraseJob{std::move(note), std::move(answered)});
}

void Committer::greet(std::vector<HeldLog> peer_held,
                      std::function<void(std::vector<PeerNote>)> greeted) {
  impl_->push(GreetJob{std::move(peer_held), std::move(greeted)});
}

void Committer::take_views(RebuildBeside& rebuilt, std::size_t most_left,
                           std::function<void(Stored<bool>)> taken) {
  impl_->push(ViewsJob{&rebuilt, most_left, std::move(taken)});
}

std::size_t Committer::waiting() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->queue.size();
}

}  // namespace tallinn
