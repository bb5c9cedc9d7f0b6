#include "tools/work_pool.h"

#include <algorithm>

namespace tallinn {

WorkPool::WorkPool(unsigned threads) {
  for (unsigned i = 0; i < std::max(1u, threads); ++i) threads_.emplace_back([this] { run(); });
}

WorkPool::~WorkPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  given_.notify_all();
}

void WorkPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    given_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task.work();
    lock.lock();
    if (--task.group->open_ == 0) done_.notify_all();
  }
}

void WorkPool::Group::give(std::function<void()> task) {
  {
    const std::lock_guard lock(pool_.mutex_);
    ++open_;
    pool_.tasks_.push_back({.work = std::move(task), .group = this});
  }
  pool_.given_.notify_one();
}

void WorkPool::Group::wait() {
  std::unique_lock lock(pool_.mutex_);
  pool_.done_.wait(lock, [this] { return open_ == 0; });
}

}  // namespace tallinn
