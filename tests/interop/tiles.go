package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight   = 8
	tileWidth    = 1 << tileHeight
	maxBodyBytes = 32 << 20
)

// A tileServer reads one log's static resources, each at most once. It is a tlog.TileReader.
type tileServer struct {
	prefix string
	size   int64
	client http.Client
	cache  map[string][]byte
}

func newTileServer(prefix string) *tileServer {
	return &tileServer{prefix: prefix, client: http.Client{Timeout: 30 * time.Second}, cache: map[string][]byte{}}
}

// tilePath spells c2sp.org/tlog-tiles paths; sumdb's have the height in them.
func tilePath(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tile.H), "tile/", 1)
}

func (s *tileServer) get(path string) ([]byte, error) {
	if body, ok := s.cache[path]; ok {
		return body, nil
	}
	response, err := s.client.Get(s.prefix + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBodyBytes))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s%s: %s", s.prefix, path, response.Status)
	}
	s.cache[path] = body
	return body, nil
}

// bundle returns the entries of bundle n in a tree of the log's size.
func (s *tileServer) bundle(n int64) ([][]byte, error) {
	tile := tlog.Tile{H: tileHeight, L: -1, N: n, W: tileWidth}
	if left := s.size - n*tileWidth; left < tileWidth {
		tile.W = int(left)
	}
	path := strings.Replace(tilePath(tile), "tile/data/", "tile/entries/", 1)
	body, err := s.get(path)
	if err != nil {
		return nil, err
	}
	entries, err := decodeBundle(body, tile.W)
	if err != nil {
		return nil, fmt.Errorf("%s: %v", path, err)
	}
	return entries, nil
}

func (s *tileServer) Height() int { return tileHeight }

func (s *tileServer) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		body, err := s.get(tilePath(tile))
		if err != nil {
			return nil, err
		}
		if len(body) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", tilePath(tile), len(body))
		}
		data[i] = body
	}
	return data, nil
}

// SaveTiles has nothing to do: what get has read stays in memory for one run.
func (s *tileServer) SaveTiles([]tlog.Tile, [][]byte) {}
