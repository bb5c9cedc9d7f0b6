#!/usr/bin/env python3
"""Mistakes planted in the product, one at a time, that the simulation must find: a mistake that no seed finds is a
hole in a checker.

    mutations.py             builds the product with all of them, to be chosen when it runs, and tries each
    mutations.py NAME...     tries these
    mutations.py --write DIR writes the changed sources (the CMake option TALLINN_MUTATIONS does)
    mutations.py --check     every mistake still fits the source; quick

The product itself knows nothing of this: the option compiles changed copies of the files named below in their place.
In a text, MUTATED is true in a run that has chosen the mistake, by TALLINN_MUTATION=NAME."""

import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build-mutations"
SEEDS = 150  # within which each must be found, unless its line says otherwise

Mutation = collections.namedtuple("Mutation", "name file right wrong breaks seeds", defaults=[SEEDS])

MUTATIONS = [
    # --- the disk ---
    Mutation("skip_sync", "ledger/store_db.cpp",
             "  options.sync = true;\n  return impl_->write(batch.impl_->changes, options);",
             "  options.sync = !MUTATED;\n  return impl_->write(batch.impl_->changes, options);",
             "a commit is answered before it is synced"),
    Mutation("go_on_after_fault", "net/replica.cpp",
             "  if (auto written = r.write(now); !written) return r.stop(written.error());",
             "  if (auto written = r.write(now); !written)\n"
             "    return MUTATED ? written : Stored<void>(r.stop(written.error()));",
             "a commit that failed is no reason to stop"),
    Mutation("anchor_before_commit", "net/replica.cpp",
             "  if (auto committed = store.commit(std::move(batch)); !committed) return committed;",
             "  if (MUTATED && said) {\n"
             "    if (auto set = anchor.set(*said); !set) return set;\n"
             "    if (auto durable = anchor.durable(); !durable) return durable;\n"
             "  }\n"
             "  if (auto committed = store.commit(std::move(batch)); !committed) return committed;",
             "the anchor says what is not committed yet"),
    Mutation("anchor_two_behind", "net/replica.cpp",
             "  own_commit = said->commit;\n  anchored = *said;\n  return anchor.set(*said);",
             "  own_commit = said->commit;\n  anchored = *said;\n"
             "  if (MUTATED && said->commit.value() % 3 != 0) return {};\n  return anchor.set(*said);",
             "the anchor is written now and then"),
    Mutation("store_behind_is_fine", "ledger/standing.cpp",
             "  if (own.log.size < anchor->own.size || own.commit < anchor->commit) return Standing::store_behind;",
             "  if (own.log.size < anchor->own.size || own.commit < anchor->commit)\n"
             "    return MUTATED ? Standing::may_append : Standing::store_behind;",
             "a store that was rolled back goes on"),
    Mutation("anchor_may_be_old", "ledger/standing.cpp",
             "  constexpr std::uint64_t kMostAhead = 1;",
             "  const std::uint64_t kMostAhead = MUTATED ? 1'000'000 : 1;",
             "an anchor of earlier is as good as the newest"),
    Mutation("forget_why_stopped", "net/replica.cpp",
             "  put_stopped(batch, *own, standing);",
             "  if (!MUTATED) put_stopped(batch, *own, standing);",
             "a contradiction is forgotten by a restart"),
    # --- the order ---
    Mutation("lamport_skips", "ledger/order.cpp",
             "  return Lamport(last + 1);", "  return Lamport(last + (MUTATED ? 2 : 1));",
             "a Lamport time is one too high"),
    Mutation("lamport_unchecked", "ledger/order.cpp",
             "  if (claimed.value() == 0 || claimed.value() - 1 != last)",
             "  if (!MUTATED && (claimed.value() == 0 || claimed.value() - 1 != last))",
             "a Lamport time is believed"),
    Mutation("signatures_unchecked", "net/replica_ingest.cpp",
             "    if (signatures_ == Signatures::to_check)",
             "    if (signatures_ == Signatures::to_check && !MUTATED)",
             "a peer's events may be signed by nobody"),
    Mutation("root_unchecked", "net/replica_ingest.cpp",
             "    if (auto consistent = check_consistency(size, frontier.root(), checkpoint.size, checkpoint.root,\n"
             "                                            growth->proof);\n        !consistent)",
             "    if (auto consistent = check_consistency(size, frontier.root(), checkpoint.size, checkpoint.root,\n"
             "                                            growth->proof);\n        !consistent && !MUTATED)",
             "entries need not lead to the signed checkpoint"),
    Mutation("checkpoint_signer_unchecked", "net/replica_notes.cpp",
             "  if (!signed_by(*verified, keys->log))", "  if (!signed_by(*verified, keys->log) && !MUTATED)",
             "anybody signs a checkpoint"),
    Mutation("seen_unchecked", "net/replica_ingest.cpp",
             "    for (const HeldLog& one : seen) {\n      const auto held_now",
             "    for (const HeldLog& one : seen) {\n      if (MUTATED && one.size.value() > 1'000) continue;\n"
             "      const auto held_now",
             "an entry may have seen what does not exist"),
    Mutation("seen_goes_back", "net/knowledge.cpp",
             "    seen.push_back({id, size});",
             "    seen.push_back({id, MUTATED && size.value() > 5 ? LogSize(size.value() - size.value() % 3) : size});",
             "an office says it has seen less than it has said before"),
    # --- taking and giving ---
    Mutation("resume_one_late", "net/session.cpp",
             "  peer_will_hold_ = merged(peer_will_hold_, sizes_after(batch));",
             "  auto after = sizes_after(batch);\n"
             "  if (MUTATED)\n    for (HeldLog& log : after) log.size = LogSize(log.size.value() + 1);\n"
             "  peer_will_hold_ = merged(peer_will_hold_, after);",
             "the next batch begins one entry too late"),
    Mutation("window_never_opens", "net/session.cpp",
             "  unacked_.pop_front();\n", "  if (!MUTATED) unacked_.pop_front();\n",
             "after two batches nothing more is sent"),
    Mutation("known_again", "net/replica_ingest.cpp",
             "      if (entry.index.value() < next->second.value()) continue;",
             "      if (entry.index.value() < next->second.value() && !MUTATED) continue;",
             "a batch that begins with what is held is refused"),
    Mutation("admit_twice", "net/replica_admit.cpp",
             "    if (entry->event == event)\n      return Result<Admitted>(",
             "    if (MUTATED && at.place.index.value() % 4 == 0) return std::nullopt;\n"
             "    if (entry->event == event)\n      return Result<Admitted>(",
             "an event that is known is recorded a second time"),
    Mutation("wrong_home", "net/replica_admit.cpp",
             "  if (auto home = check_home(r.views, r.charter, here, *event); !home)",
             "  if (auto home = check_home(r.views, r.charter, here, *event); !home && !MUTATED)",
             "an office takes decisions of the other one"),
    # --- views ---
    Mutation("forget_undo", "net/replica_order.cpp",
             "      r_.staged_undo[position] = encode_undo(r_.views.take_undo());",
             "      r_.staged_undo[position] = encode_undo(r_.views.take_undo());\n"
             "      if (MUTATED && position.lamport.value() % 5 == 0) r_.staged_undo[position] = encode_undo({});",
             "an entry cannot be taken back"),
    Mutation("no_rewind", "net/replica_order.cpp",
             "  if (!folded || *folded < first) return rewound;",
             "  if (!folded || *folded < first || MUTATED) return rewound;",
             "what comes late is folded last"),
    Mutation("cache_stale", "net/replica.cpp",
             "  view_cache.written(views.changes());", "  if (!MUTATED) view_cache.written(views.changes());",
             "records are read as they were"),
    Mutation("erased_record_stays", "net/replica.cpp",
             "    if (!value)\n      batch.erase(Family::views, key);",
             "    if (!value && MUTATED) {\n    } else if (!value)\n      batch.erase(Family::views, key);",
             "a record that is gone is still there"),
    Mutation("undo_of_before_stays", "net/replica.cpp",
             "    if (before == taken_back.end() || before->second != undo)",
             "    if (before == taken_back.end() || (before->second != undo && !MUTATED))",
             "an undo record is of the order of before"),
    Mutation("undo_erased_beyond", "net/replica.cpp",
             "  Bytes reached = position_key({Lamport(joint_state->value() + 1), {}});",
             "  Bytes reached = position_key({Lamport(joint_state->value() + (MUTATED ? 3 : 1)), {}});",
             "a state note ends the undoing of two entries more than it speaks of"),
    Mutation("undo_erased_early", "net/replica_states.cpp",
             "  if (parsed->settled > *last || !held) {", "  if (parsed->settled > *last || (!held && !MUTATED)) {",
             "a state note ends the undoing of what it speaks of before that is here"),
    # --- what offices sign ---
    Mutation("promise_too_high", "net/replica_notes.cpp",
             "                  .lamport = std::max(*last, promised()),",
             "                  .lamport = std::max(MUTATED ? Lamport(last->value() + 1) : *last, promised()),",
             "an office promises what it cannot keep"),
    Mutation("promise_holds_more", "net/replica_notes.cpp",
             "    promise.holds.push_back({charter.origin(id), log.held});",
             "    promise.holds.push_back({charter.origin(id), LogSize(log.held.value() + (MUTATED ? 1 : 0))});",
             "an office says it holds more than it does"),
    Mutation("settled_alone", "ledger/order.cpp",
             "      if (size >= log.size.value()) continue;", "      if (size >= log.size.value() || MUTATED) continue;",
             "settled is what one office holds"),
    Mutation("early_promise_counts", "ledger/order.cpp",
             "  return view.held_size >= promise.own_size;", "  return view.held_size >= promise.own_size || MUTATED;",
             "a promise counts before its log is here"),
    Mutation("cosign_anything", "net/replica_notes.cpp",  # either check alone is enough
             "frozen.contains(id) || log.checkpoint_size != log.held ||\n"
             "        log.held == LogSize(0))\n      continue;\n    Cosigned& mine = log.cosigned[self()];\n"
             "    if (mine.size >= log.held) continue;\n"
             "    const auto opened = open_checkpoint(log.checkpoint, id, known.roster());\n"
             "    if (!opened || opened->checkpoint.root != writer(id).root()) {",
             "frozen.contains(id) || (log.checkpoint_size != log.held && !MUTATED) ||\n"
             "        log.held == LogSize(0))\n      continue;\n    Cosigned& mine = log.cosigned[self()];\n"
             "    if (mine.size >= log.held) continue;\n"
             "    const auto opened = open_checkpoint(log.checkpoint, id, known.roster());\n"
             "    if (!opened || (opened->checkpoint.root != writer(id).root() && !MUTATED)) {",
             "an office cosigns a root that it has not computed"),
    Mutation("stale_checkpoint", "net/replica_notes.cpp",
             "  if (checkpoint.size < log.checkpoint_size) return;",
             "  if (checkpoint.size < log.checkpoint_size && !MUTATED) return;",
             "an older checkpoint takes the place of a newer one"),
    Mutation("state_of_now", "net/state_notes.cpp",
             "{.lamport = Lamport(settled.value() + 1), .place = {}};",
             "{.lamport = Lamport(settled.value() + (MUTATED ? 2 : 1)), .place = {}};",
             "a state is signed that has more in it than its point"),
    # --- contradictions ---
    Mutation("evidence_dropped", "net/replica_evidence.cpp",
             "  if (!proven) return false;", "  if (!proven || MUTATED) return false;",
             "a contradiction is not kept"),
    Mutation("evidence_kept_quiet", "net/replica_evidence.cpp",
             "  staged_notes.push_back({NoteKind::evidence, text});",
             "  if (!MUTATED) staged_notes.push_back({NoteKind::evidence, text});",
             "a contradiction is told to nobody", 300),
    Mutation("own_log_not_compared", "net/replica.cpp",
             "  if (impl_->is_ours(peer_holds.log)) impl_->claim_own(peer_holds.log, peer_holds.size);",
             "  if (impl_->is_ours(peer_holds.log) && !MUTATED) impl_->claim_own(peer_holds.log, peer_holds.size);",
             "an office does not heed that a peer holds more of its log"),
    # --- what is erased ---
    Mutation("erased_comes_back", "net/replica_withheld.cpp",
             "  if (*erased || staged_erasures.contains(erasure)) return {};",
             "  if (!MUTATED && (*erased || staged_erasures.contains(erasure))) return {};",
             "a value that was erased is taken again", 300),
    Mutation("erased_in_files", "net/replica_withheld.cpp",
             "  put_to_scrub(batch, key);\n  to_scrub.push_back(key);",
             "  put_to_scrub(batch, key);\n  if (!MUTATED) to_scrub.push_back(key);",
             "a value that was erased stays in the store's files"),
    # --- the rules ---
    Mutation("overdraw", "projections/commitments.cpp",
             "  if (minor > left)\n    return refuse(Code::overdrawn,\n                  \"of the commitment \"",
             "  if (minor > left && !MUTATED)\n    return refuse(Code::overdrawn,\n                  \"of the commitment \"",
             "a balance is overdrawn at its home"),
]


HEADER = """#pragma once
#include <cstdlib>
#include <string_view>
namespace tallinn {
inline bool mutated(std::string_view name) {
  static const char* const chosen = std::getenv("TALLINN_MUTATION");
  return chosen != nullptr && name == chosen;
}
}  // namespace tallinn
"""


def sources():
    """The changed text of every file that a mistake is planted in."""
    texts = {}
    for one in MUTATIONS:
        text = texts.get(one.file) or (ROOT / one.file).read_text()
        found = text.count(one.right)
        if found != 1:
            sys.exit(f"mutations.py: {one.name}: its text is {found} times in {one.file}")
        texts[one.file] = text.replace(one.right, one.wrong.replace("MUTATED", f'::tallinn::mutated("{one.name}")'))
    return texts


def write(folder):
    header = folder / "mutated.h"
    for path, text in {header: HEADER, **{folder / name: f'#include "{header}"\n#line 1 "{name}"\n{text}'
                                         for name, text in sources().items()}}.items():
        if path.is_file() and path.read_text() == text:
            continue  # not built again
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def build():
    for command in (["cmake", "--preset", "mutations"], ["cmake", "--build", BUILD, "--target", "swarm"]):
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            sys.exit(f"{done.stdout[-4000:]}mutations.py: it does not build with the mistakes in it")


def attempt(one, seeds, jobs):
    """The seed that found it and the promise that was broken, or nothing."""
    program = [BUILD / "tests" / "swarm", "--first", "1", "--count", str(seeds), "--jobs", str(jobs)]
    done = subprocess.run(program, env={**os.environ, "TALLINN_MUTATION": one.name}, capture_output=True, text=True)
    found = re.search(r"^seed (\d+), step (\d+).*:\n  (.*)$", done.stdout, re.MULTILINE)
    return found.groups() if found else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seeds", type=int, help="instead of what each mistake's line says")
    arguments = parser.parse_args()
    if arguments.check:
        return sources() and 0
    if arguments.write:
        return write(arguments.write.resolve())
    unknown = set(arguments.names) - {one.name for one in MUTATIONS}
    if unknown:
        sys.exit(f"mutations.py: there is no mistake {', '.join(sorted(unknown))}")
    build()
    survived = 0
    for one in MUTATIONS:
        if arguments.names and one.name not in arguments.names:
            continue
        begun = time.monotonic()
        seeds = arguments.seeds or one.seeds
        found = attempt(one, seeds, arguments.jobs)
        survived += found is None
        what = f"seed {found[0]}, step {found[1]}: {found[2]}" if found else f"SURVIVED {seeds} seeds: {one.breaks}"
        print(f"{one.name:28} {time.monotonic() - begun:5.0f} s  {what}", flush=True)
    print(f"{survived} survived" if survived else "each was found")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
