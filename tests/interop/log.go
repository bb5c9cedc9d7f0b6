package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A log under check: its newest checkpoint, whose signatures have been verified, and where its tiles are.
type log struct {
	origin    string
	verifiers note.Verifiers
	tree      tlog.Tree
	cosigned  int
	kept      int
	tiles     *tileServer
}

// openCheckpoint verifies the signatures of a checkpoint: that of the log, which must be there, and cosignatures.
func openCheckpoint(text []byte, origin string, verifiers note.Verifiers) (tlog.Tree, int, error) {
	opened, err := note.Open(text, verifiers)
	if err != nil {
		return tlog.Tree{}, 0, fmt.Errorf("checkpoint: %v", err)
	}
	byLog, cosigned := false, 0
	for _, signature := range opened.Sigs {
		if signature.Name == origin {
			byLog = true
		} else {
			cosigned++
		}
	}
	if !byLog {
		return tlog.Tree{}, 0, fmt.Errorf("the checkpoint is not signed by its log")
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != origin {
		return tlog.Tree{}, 0, fmt.Errorf("the text of the checkpoint is not origin, size and root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, 0, fmt.Errorf("%q is not a tree size", lines[1])
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tlog.Tree{}, 0, fmt.Errorf("%q is not a root hash", lines[2])
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree, cosigned, nil
}

func openLog(base, origin string, t *trust) (*log, error) {
	verifiers, err := t.verifiers(origin)
	if err != nil {
		return nil, err
	}
	office, epoch, err := t.officeAndEpoch(origin)
	if err != nil {
		return nil, err
	}
	tiles := newTileServer(strings.TrimSuffix(base, "/") + "/log/" + office + "/" + epoch + "/")
	text, err := tiles.get("checkpoint")
	if err != nil {
		return nil, err
	}
	l := &log{origin: origin, verifiers: verifiers, tiles: tiles}
	l.tree, l.cosigned, err = openCheckpoint(text, origin, verifiers)
	if err != nil {
		return nil, err
	}
	tiles.size = l.tree.N
	return l, nil
}

type checkOptions struct {
	cosigned   int    // how many witnesses must have cosigned the newest checkpoint
	keptFolder string // checkpoints kept earlier; may be empty
	partials   bool   // the partial tiles of every smaller tree are served too
}

func (l *log) check(options checkOptions) error {
	if l.cosigned < options.cosigned {
		return fmt.Errorf("the checkpoint has %d of %d cosignatures", l.cosigned, options.cosigned)
	}
	// Every hash that this reader returns is proven to be in the tree.
	proven := tlog.TileHashReader(l.tree, l.tiles)
	leaves, err := l.recompute(options.partials)
	if err != nil {
		return err
	}
	for i, leaf := range leaves {
		proof, err := tlog.ProveRecord(l.tree.N, int64(i), proven)
		if err != nil {
			return fmt.Errorf("entry %d: %v", i, err)
		}
		if err := tlog.CheckRecord(proof, l.tree.N, l.tree.Hash, int64(i), leaf); err != nil {
			return fmt.Errorf("entry %d is not in the tree: %v", i, err)
		}
	}
	return l.checkKept(options.keptFolder, proven)
}

// recompute makes the whole tree again from the entries, and compares its root with the checkpoint's and each of its
// tiles with the one served. Returns the leaf hashes.
func (l *log) recompute(partials bool) ([]tlog.Hash, error) {
	var stored, leaves []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for int64(len(leaves)) < l.tree.N {
		entries, err := l.tiles.bundle(int64(len(leaves)) / tileWidth)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			leaf := tlog.RecordHash(entry)
			hashes, err := tlog.StoredHashesForRecordHash(int64(len(leaves)), leaf, reader)
			if err != nil {
				return nil, err
			}
			stored, leaves = append(stored, hashes...), append(leaves, leaf)
		}
	}
	root, err := tlog.TreeHash(l.tree.N, reader)
	if err != nil {
		return nil, err
	}
	if root != l.tree.Hash {
		return nil, fmt.Errorf("the entries hash to the root %v, the checkpoint says %v", root, l.tree.Hash)
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, l.tree.N) { // with the partial ones of every size on the way
		if end := tile.N*tileWidth + int64(tile.W); !partials && tile.W != tileWidth && end != l.tree.N>>(tileHeight*tile.L) {
			continue
		}
		mine, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			return nil, err
		}
		served, err := l.tiles.get(tilePath(tile))
		if err != nil {
			return nil, err
		}
		if string(mine) != string(served) {
			return nil, fmt.Errorf("%s is not the tile that the entries make", tilePath(tile))
		}
	}
	return leaves, nil
}

// checkKept proves that of every two checkpoints, kept or newest, the larger tree contains the smaller one.
func (l *log) checkKept(folder string, proven tlog.HashReader) error {
	trees := []tlog.Tree{l.tree}
	if folder != "" {
		files, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		for _, file := range files {
			text, err := os.ReadFile(filepath.Join(folder, file.Name()))
			if err != nil {
				return err
			}
			if !strings.HasPrefix(string(text), l.origin+"\n") {
				continue
			}
			tree, _, err := openCheckpoint(text, l.origin, l.verifiers)
			if err != nil {
				return fmt.Errorf("kept %s: %v", file.Name(), err)
			}
			trees = append(trees, tree)
			l.kept++
		}
	}
	sort.Slice(trees, func(i, j int) bool { return trees[i].N < trees[j].N })
	if newest := trees[len(trees)-1]; newest.N > l.tree.N {
		return fmt.Errorf("a kept checkpoint has %d entries, the log now only %d", newest.N, l.tree.N)
	}
	for i, older := range trees {
		for _, newer := range trees[i+1:] {
			if older.N == 0 {
				continue // every tree contains the empty one
			}
			proof, err := tlog.ProveTree(newer.N, older.N, proven)
			if err == nil {
				err = tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash)
			}
			if err != nil {
				return fmt.Errorf("the tree of size %d does not contain that of size %d: %v", newer.N, older.N, err)
			}
		}
	}
	return nil
}

// decodeBundle splits an entry bundle of c2sp.org/tlog-tiles: u16 length || entry, as often as there are entries.
func decodeBundle(bundle []byte, width int) ([][]byte, error) {
	var entries [][]byte
	for len(bundle) > 0 {
		if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
			return nil, fmt.Errorf("an entry bundle ends in the middle of an entry")
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		entries = append(entries, bundle[2:end])
		bundle = bundle[end:]
	}
	if len(entries) < width {
		return nil, fmt.Errorf("an entry bundle has %d of %d entries", len(entries), width)
	}
	return entries[:width], nil
}
