package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"postrider/internal/installation"
	"postrider/internal/secret"
)

type keyCmd struct {
	New    keyNewCmd    `cmd:"" help:"Print a new key."`
	Show   keyShowCmd   `cmd:"" help:"Print the ids of the keys given, and how many secrets each has sealed."`
	Rotate keyRotateCmd `cmd:"" help:"Seal every stored secret again with the first of the keys given. It can run while Postrider runs, and be started again."`
}

type keyNewCmd struct{}

// Run prints a key.
func (keyNewCmd) Run(p *process) error {
	_, err := fmt.Fprintln(p.stdout, secret.NewKey())
	return err
}

type keyShowCmd struct{}

// Run prints a line for each given key.
func (keyShowCmd) Run(ctx context.Context, p *process) (err error) {
	db, ring, err := p.unlock(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	counts, err := installation.Count(ctx, db.SQL)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "KEY\tSECRETS\t")
	note := "seals"
	for _, id := range ring.IDs() {
		fmt.Fprintf(table, "%s\t%d\t%s\n", id, counts[id], note)
		note = "opens"
		delete(counts, id)
	}
	before := 0
	for _, n := range counts { // all of them open, so their names are not ids of keys
		before += n
	}
	if before > 0 {
		fmt.Fprintf(table, "-\t%d\tsealed before keys had ids; postrider key rotate gives them one\n", before)
	}
	return table.Flush()
}

type keyRotateCmd struct{}

// Run reseals everything with the first key.
func (keyRotateCmd) Run(ctx context.Context, p *process) (err error) {
	db, ring, err := p.unlock(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	n, err := installation.Rotate(ctx, db.SQL, ring, func(at installation.Progress) {
		fmt.Fprintf(p.stdout, "%s: %d secrets sealed again\n", at.Where, at.Sealed)
	})
	if err != nil {
		return fmt.Errorf("after %d secrets, of which none is lost; start it again: %w", n, err)
	}
	fmt.Fprintf(p.stdout, "Every secret is sealed with key %s; %d were sealed again.\n", ring.IDs()[0], n)
	if len(ring.IDs()) > 1 {
		fmt.Fprintln(p.stdout, "Once every process has this key as its first, remove the others from POSTRIDER_KEY: a process that still needs one does not start, and logs it.")
	}
	return nil
}

// unlock joins a database in use and opens it with the given keys.
func (p *process) unlock(ctx context.Context) (*database, *secret.Ring, error) {
	db, err := p.joinMigrated(ctx, "key")
	if err != nil {
		return nil, nil, err
	}
	ring, err := installation.Unlock(ctx, db.SQL, p.cfg.Key, p.cfg.Data)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, ring, nil
}
