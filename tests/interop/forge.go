package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// forge signs a checkpoint's text with the key of a seed, after changing its root unless `root` is empty. All other
// signatures are dropped.
func forge(checkpoint, seed, name, root string) ([]byte, error) {
	text := checkpoint[:strings.LastIndex(checkpoint, "\n\n")+1]
	lines := strings.Split(text, "\n")
	if root != "" {
		lines[2] = root
	}
	raw, err := hex.DecodeString(seed)
	if err != nil || len(raw) != ed25519.SeedSize {
		return nil, fmt.Errorf("a seed is 64 hexadecimal digits")
	}
	public := ed25519.NewKeyFromSeed(raw).Public().(ed25519.PublicKey)
	hash := sha256.Sum256(append([]byte(name+"\n\x01"), public...))
	// The format of note.GenerateKey.
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%x+%s", name, hash[:4], base64.StdEncoding.EncodeToString(append([]byte{1}, raw...)))
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: strings.Join(lines, "\n")}, signer)
}
