package pg

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
)

// Fingerprint returns a digest of everything that Migrate would apply: equal digests make equal
// databases.
func Fingerprint(migrations fs.FS) (string, error) {
	sum := sha256.New()
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			return "", fmt.Errorf("reading the migration %s: %w", name, err)
		}
		fmt.Fprintf(sum, "%s %d %s", name, len(text), text)
	}
	river, err := riverMigrator(nil)
	if err != nil {
		return "", err
	}
	for _, m := range river.AllVersions() {
		fmt.Fprintf(sum, "%d %s", m.Version, m.SQLUp)
	}
	fmt.Fprint(sum, riverTuning)
	return hex.EncodeToString(sum.Sum(nil)), nil
}
