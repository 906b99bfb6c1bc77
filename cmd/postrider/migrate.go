package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"postrider/ent/migrations"
	"postrider/internal/pg"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Bring the database to the newest version."`
	Status migrateStatusCmd `cmd:"" help:"Show every migration and whether the database has it."`
}

type migrateUpCmd struct{}

// Run applies the pending migrations.
func (migrateUpCmd) Run(ctx context.Context, p *process) (err error) {
	db, err := p.joinDatabase(ctx, "migrate")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	before, err := pg.Pending(ctx, db.SQL, migrations.FS)
	if err != nil {
		return err
	}
	if err := pg.Migrate(ctx, db.SQL, migrations.FS); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "The database is at the newest version; %d migrations were applied.\n", before)
	return nil
}

type migrateStatusCmd struct{}

// Run prints a line for each migration.
func (migrateStatusCmd) Run(ctx context.Context, p *process) (err error) {
	db, err := p.joinDatabase(ctx, "migrate")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	all, err := pg.Migrations(ctx, db.SQL, migrations.FS)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "LINE\tVERSION\tNAME\tAPPLIED")
	for _, m := range all {
		applied := "not yet"
		if m.Applied {
			applied = m.At.UTC().Format(time.DateTime)
		}
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\n", m.Line, m.Version, m.Name, applied)
	}
	return table.Flush()
}
