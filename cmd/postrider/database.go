package main

import (
	"context"
	"errors"
	"fmt"

	"postrider/ent/migrations"
	"postrider/internal/pg"
	"postrider/internal/pg/embedded"
	"postrider/server"
)

// database is the one of DATABASE_URL, or the embedded PostgreSQL.
type database struct {
	*pg.Pool

	server *embedded.Server // nil unless this process owns one
}

// openDatabase opens the database for a long-running process, which owns the embedded PostgreSQL
// if there is one: a second such process is refused.
func (p *process) openDatabase(ctx context.Context, name string) (*database, error) {
	if p.cfg.DatabaseURL != "" {
		return p.openPool(ctx, p.cfg.DatabaseURL, name, nil)
	}
	server, err := embedded.Start(ctx, p.embedded())
	if err != nil {
		return nil, err
	}
	return p.openPool(ctx, server.URL(), name, server)
}

// joinDatabase opens the database for a command that needs nothing else: it joins an embedded
// PostgreSQL that is running, or starts it for the duration of the command.
func (p *process) joinDatabase(ctx context.Context, name string) (*database, error) {
	if p.cfg.DatabaseURL != "" {
		return p.openPool(ctx, p.cfg.DatabaseURL, name, nil)
	}
	dsn, server, err := embedded.StartOrJoin(ctx, p.embedded())
	if err != nil {
		return nil, err
	}
	return p.openPool(ctx, dsn, name, server)
}

func (p *process) embedded() embedded.Config {
	return embedded.Config{Dir: p.cfg.Data, Log: p.log}
}

func (p *process) openPool(ctx context.Context, dsn, name string, server *embedded.Server) (*database, error) {
	pool, err := pg.Open(ctx, pg.Config{URL: dsn, Name: "postrider " + name})
	if err != nil {
		if server != nil {
			err = errors.Join(err, server.Stop())
		}
		return nil, err
	}
	return &database{Pool: pool, server: server}, nil
}

// Close closes the connections, and then stops the server if it is ours.
func (db *database) Close() error {
	err := db.Pool.Close()
	if db.server != nil {
		err = errors.Join(err, db.server.Stop())
	}
	return err
}

// lost is closed when the embedded server ends without being stopped; never, if it is not ours.
func (db *database) lost() <-chan struct{} {
	if db.server == nil {
		return nil
	}
	return db.server.Done()
}

// ready returns nil if requests can be served: the database answers, has every migration and
// none that this program does not know.
func (db *database) ready(ctx context.Context) error {
	pending, err := pg.Pending(ctx, db.SQL, migrations.FS)
	if newer, ok := errors.AsType[*pg.NewerError](err); ok {
		return server.NotReady(newer.Error())
	}
	if err != nil {
		return err
	}
	if pending > 0 {
		return server.NotReady(fmt.Sprintf("%d migrations are pending: run `postrider migrate up`", pending))
	}
	return nil
}
