// WorkPool: a few threads that work through what they are given, in order of giving.
// Shell: starts threads. `give` from one thread; `wait` on the returned group.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace tallinn {

class WorkPool {
 public:
  explicit WorkPool(unsigned threads);
  /// Finishes what was given.
  ~WorkPool();
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  /// Tasks that are waited for together. Must not outlive the pool.
  class Group {
   public:
    explicit Group(WorkPool& pool) : pool_(pool) {}
    ~Group() { wait(); }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;
    void give(std::function<void()> task);
    /// Blocks until every task of the group is done.
    void wait();

   private:
    friend class WorkPool;
    WorkPool& pool_;
    std::size_t open_ = 0;  // guarded by the pool's mutex
  };

 private:
  struct Task {
    std::function<void()> work;
    Group* group;
  };
  void run();

  std::mutex mutex_;
  std::condition_variable given_;
  std::condition_variable done_;
  std::deque<Task> tasks_;
  bool ending_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace tallinn
