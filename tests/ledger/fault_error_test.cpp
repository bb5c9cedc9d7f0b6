#include "ledger/fault_error.h"

#include <doctest/doctest.h>

using namespace tallinn;

TEST_CASE("a command that meets damaged data says what to do about it, and of a disk only what") {
  const Error damaged = error_from(Fault{Fault::corrupt, "block checksum mismatch"});
  CHECK(damaged.code == Code::failed);
  CHECK(damaged.detail.starts_with("block checksum mismatch; "));
  CHECK(damaged.detail.find("tallinn fsck") != std::string::npos);
  const Error failed = error_from(Fault{Fault::io, "no space left"});
  CHECK(failed.code == Code::unavailable);
  CHECK(failed.detail == "no space left");
  const Error past = error_past_fsck(Fault{Fault::corrupt, "block checksum mismatch"});
  CHECK(past.code == Code::failed);
  CHECK(past.detail.find("tallinn restore") != std::string::npos);
  CHECK(past.detail.find("fsck") == std::string::npos);
  CHECK(error_past_fsck(Fault{Fault::io, "no space left"}) == failed);
}
