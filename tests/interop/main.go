// interop checks the logs of a Tallinn Ledger with software that is not the ledger's: Go's standard library and
// golang.org/x/mod/sumdb (note, tlog), which were written for Go's checksum database. Whatever it accepts, a third
// party can check with no code of the ledger.
//
//	interop check -charter F -base URL [-vkey V]... [-cosigned N] [-kept DIR] [-partials] [ORIGIN...]
//	interop forge -seed HEX -name KEYNAME [-root BASE64] < checkpoint
//
// `check` verifies each log: every log that the charter names and every -vkey, or those named as ORIGIN. Exit 1 with a
// sentence on standard error when anything does not hold. `forge` makes what `check` must refuse.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

type list []string

func (l *list) String() string         { return strings.Join(*l, ",") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

func check(args []string) error {
	flags := flag.NewFlagSet("check", flag.ExitOnError)
	charterPath := flags.String("charter", "", "the charter, the trust root")
	base := flags.String("base", "", "where the logs are served: <base>/log/<office>/<epoch>/")
	kept := flags.String("kept", "", "folder of checkpoints kept earlier, one note a file")
	cosigned := flags.Int("cosigned", 0, "how many witnesses must have cosigned each checkpoint")
	partials := flags.Bool("partials", false, "check that partial tiles of every smaller size are served too")
	var vkeys list
	flags.Var(&vkeys, "vkey", "a further key of a log or a witness, of epochs opened since the charter")
	flags.Parse(args)

	text, err := os.ReadFile(*charterPath)
	if err != nil {
		return err
	}
	trust, err := parseCharter(string(text))
	if err != nil {
		return fmt.Errorf("%s: %v", *charterPath, err)
	}
	for _, vkey := range vkeys {
		if err := trust.addKey(vkey); err != nil {
			return err
		}
	}
	origins := flags.Args()
	if len(origins) == 0 {
		origins = trust.origins
	}
	for _, origin := range origins {
		log, err := openLog(*base, origin, trust)
		if err == nil {
			err = log.check(checkOptions{*cosigned, *kept, *partials})
		}
		if err != nil {
			return fmt.Errorf("%s: %v", origin, err)
		}
		fmt.Printf("%s holds: %d entries, %d cosignatures, %d kept checkpoints\n", origin, log.tree.N, log.cosigned,
			log.kept)
	}
	return nil
}

func forgeCommand(args []string) error {
	flags := flag.NewFlagSet("forge", flag.ExitOnError)
	seed := flags.String("seed", "", "seed of the signing key, hex")
	name := flags.String("name", "", "name of the signing key")
	root := flags.String("root", "", "another root, base64")
	flags.Parse(args)
	original, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	forged, err := forge(string(original), *seed, *name, *root)
	if err == nil {
		_, err = os.Stdout.Write(forged)
	}
	return err
}

func main() {
	commands := map[string]func([]string) error{"check": check, "forge": forgeCommand}
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: interop check|forge ...")
		os.Exit(2)
	}
	if err := commands[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
}
