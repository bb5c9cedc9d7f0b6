// How a memory disk fails, is torn by a power cut, and is copied.
#include "ledger/store_sim_disk.h"

#include "events/assert.h"
#include "ledger/store_memory_disk.h"

namespace tallinn {

using rocksdb::IOStatus;

void DiskFailure::fail_after(std::uint64_t operations) {
  const std::lock_guard lock(mutex_);
  left_ = operations;
  counted_.reset();
  how_ = SimDisk::Failing::broken;
  state_ = operations == 0 ? State::healthy : State::counting;
}

void DiskFailure::fail_mine_after(std::uint64_t operations, SimDisk::Failing how) {
  fail_after(operations);
  const std::lock_guard lock(mutex_);
  counted_ = std::this_thread::get_id();
  how_ = how;
}

IOStatus DiskFailure::step() {
  const std::lock_guard lock(mutex_);
  const bool counts = !counted_ || *counted_ == std::this_thread::get_id();
  if (state_ == State::counting && counts && --left_ == 0) state_ = State::failing;
  if (state_ != State::failing) return IOStatus::OK();
  return how_ == SimDisk::Failing::full ? IOStatus::NoSpace("the memory disk was told to be full")
                                        : IOStatus::IOError("the memory disk was told to fail");
}

void MemoryFileSystem::tear_unsynced(unsigned permille) {
  const std::lock_guard lock(mutex_);
  TALLINN_ASSERT(locks_.empty() && permille <= 1'000);
  names_ = durable_;
  for (const auto& named : names_) {
    MemoryFile& file = *named.second;
    const std::lock_guard file_lock(file.mutex);
    file.synced += (file.content.size() - file.synced) * permille / 1'000;
    file.content.resize(file.synced);
  }
}

std::shared_ptr<MemoryFileSystem> MemoryFileSystem::copy() {
  auto other = std::make_shared<MemoryFileSystem>();
  std::map<const MemoryFile*, std::shared_ptr<MemoryFile>> copied;
  const auto copy_names = [&copied](const Names& from, Names& to) {
    for (const auto& [name, file] : from) {
      auto& twin = copied[file.get()];
      if (!twin) {
        twin = std::make_shared<MemoryFile>();
        const std::lock_guard file_lock(file->mutex);
        twin->content = file->content;
        twin->synced = file->synced;
      }
      to[name] = twin;
    }
  };
  const std::lock_guard lock(mutex_);
  copy_names(names_, other->names_);
  copy_names(durable_, other->durable_);
  other->folders_ = folders_;
  return other;
}

std::shared_ptr<SimDisk> MemoryStoreDisk::copy() {
  return std::make_shared<MemoryStoreDisk>(files_->copy());
}

std::shared_ptr<SimDisk> SimDisk::make() {
  return std::make_shared<MemoryStoreDisk>(std::make_shared<MemoryFileSystem>());
}

}  // namespace tallinn
