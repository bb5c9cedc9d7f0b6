package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A trust is what a verifier believes before it looks: keys of logs, by origin, and of witnesses, by office.
type trust struct {
	ledger    string
	origins   []string
	logs      map[string]note.Verifier
	witnesses []officeWitness
}

type officeWitness struct {
	office string
	key    note.Verifier
}

// parseCharter reads the lines it needs: `ledger NAME` and `office NAME ROLE LOG-VKEY WITNESS-VKEY STATE-VKEY TLS-KEY`.
// The charter is the root of trust and is taken as it is given.
func parseCharter(text string) (*trust, error) {
	lines := strings.Split(text, "\n")
	if lines[0] != "tallinn-ledger/charter@v1" {
		return nil, fmt.Errorf("not a charter")
	}
	t := &trust{logs: map[string]note.Verifier{}}
	for _, line := range lines[1:] {
		if line == "" {
			break
		}
		words := strings.Split(line, " ")
		switch {
		case words[0] == "ledger" && len(words) == 2:
			t.ledger = words[1]
		case words[0] == "office" && len(words) == 7:
			if err := t.addLog(words[3]); err != nil {
				return nil, err
			}
			witness, err := newCosigner(words[4])
			if err != nil {
				return nil, err
			}
			t.witnesses = append(t.witnesses, officeWitness{words[1], witness})
		}
	}
	if len(t.witnesses) == 0 {
		return nil, fmt.Errorf("the charter names no office")
	}
	return t, nil
}

// addKey adds a log's or, by its type, a witness's key of an epoch opened since the charter.
func (t *trust) addKey(vkey string) error {
	words := strings.SplitN(vkey, "+", 3)
	raw, err := base64.StdEncoding.DecodeString(words[len(words)-1])
	if err != nil || len(raw) == 0 || raw[0] != cosignatureType {
		return t.addLog(vkey)
	}
	witness, err := newCosigner(vkey)
	if err != nil {
		return err
	}
	office := strings.TrimSuffix(strings.TrimPrefix(witness.Name(), t.ledger+"/"), "/witness")
	t.witnesses = append(t.witnesses, officeWitness{office, witness})
	return nil
}

func (t *trust) addLog(vkey string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return fmt.Errorf("%s: %v", vkey, err)
	}
	t.logs[verifier.Name()] = verifier
	t.origins = append(t.origins, verifier.Name())
	return nil
}

// officeAndEpoch splits `<ledger>/<office>/<epoch>`.
func (t *trust) officeAndEpoch(origin string) (office, epoch string, err error) {
	words := strings.Split(strings.TrimPrefix(origin, t.ledger+"/"), "/")
	if !strings.HasPrefix(origin, t.ledger+"/") || len(words) != 2 {
		return "", "", fmt.Errorf("not a log of %s", t.ledger)
	}
	return words[0], words[1], nil
}

// verifiers of a log's checkpoints: its key, and every witness but its own office's.
func (t *trust) verifiers(origin string) (note.Verifiers, error) {
	log := t.logs[origin]
	if log == nil {
		return nil, fmt.Errorf("the key of this log is not known")
	}
	office, _, err := t.officeAndEpoch(origin)
	if err != nil {
		return nil, err
	}
	known := []note.Verifier{log}
	for _, witness := range t.witnesses {
		if witness.office != office {
			known = append(known, witness.key)
		}
	}
	return note.VerifierList(known...), nil
}

// A cosigner verifies cosignature/v1 of c2sp.org/tlog-cosignature.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

const cosignatureType = 0x04

func newCosigner(vkey string) (note.Verifier, error) {
	words := strings.SplitN(vkey, "+", 3)
	if len(words) != 3 {
		return nil, fmt.Errorf("%s: not a verifier key", vkey)
	}
	raw, err := base64.StdEncoding.DecodeString(words[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != cosignatureType {
		return nil, fmt.Errorf("%s: not a key of cosignature/v1", vkey)
	}
	hash := sha256.Sum256(append([]byte(words[0]+"\n"), raw...))
	id := binary.BigEndian.Uint32(hash[:])
	if words[1] != fmt.Sprintf("%08x", id) {
		return nil, fmt.Errorf("%s: the key id is not that of the key", vkey)
	}
	return &cosigner{words[0], id, raw[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }
func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(sig)
	if time>>63 != 0 {
		return false
	}
	signed := "cosignature/v1\ntime " + strconv.FormatUint(time, 10) + "\n" + string(msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}
