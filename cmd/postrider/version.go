package main

import (
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"strings"

	"postrider/ent/migrations"
)

type versionCmd struct{}

// Run prints the version of this binary.
func (versionCmd) Run(p *process) error {
	schema, err := newestMigration()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "version  %s\ncommit   %s\ngo       %s\nschema   %s\n", version, commit(), runtime.Version(), schema)
	return err
}

// commit returns the commit that the binary was built from, if the compiler recorded it.
func commit() string {
	found, changed := "unknown", false
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				found = s.Value
			case "vcs.modified":
				changed = s.Value == "true"
			}
		}
	}
	if changed {
		found += ", changed since"
	}
	return found
}

// newestMigration returns the last file of the migrations: names sort by number.
func newestMigration() (string, error) {
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return "", fmt.Errorf("looking for the migrations: %w", err)
	}
	if len(files) == 0 {
		return "none", nil
	}
	return strings.TrimSuffix(files[len(files)-1], ".sql"), nil
}
