// TALLINN_ASSERT: checks for our own mistakes, in every build, never for input.
// Pure. A failed assertion prints the expression and place on standard error and aborts: a process
// that has found its own invariants broken must not sign anything more.
#pragma once

#include <cstdio>
#include <cstdlib>

#define TALLINN_ASSERT(condition)                                                           \
  do {                                                                                      \
    if (!(condition)) {                                                                     \
      std::fprintf(stderr, "tallinn: assertion failed: %s (%s:%d)\n", #condition, __FILE__, \
                   __LINE__);                                                               \
      std::abort();                                                                         \
    }                                                                                       \
  } while (false)
