// Package migrations has the database's migrations: versioned SQL, embedded in the binary and
// applied in order by `postrider migrate up`. River's own migrations run beside these. A file is
// never changed once it has landed; a change is a new file.
package migrations

import "embed"

// FS holds the .sql files.
//
//go:embed *.sql
var FS embed.FS
