package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"postrider/internal/pg"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

// ErrNotEmpty is returned for a database that has data already.
var ErrNotEmpty = errors.New("the database is not empty, and demo data is only ever put into an empty one")

// Params are the parameters of Fill.
type Params struct {
	DB        *sql.DB
	Secrets   *secret.Ring
	PublicURL string // the URL of the built-in echo tracker
	UserAgent string // of the deliveries
	Clicks    int    // of the month, approximately
	Seed      uint64
	Now       time.Time // the end of the month; zero for the current time
}

// Fill fills an empty database with the demo's month, completely or not at all. It returns
// ErrNotEmpty if there is any data.
func Fill(ctx context.Context, p Params) (*Network, error) {
	if p.Now.IsZero() {
		p.Now = time.Now()
	}
	p.Now = p.Now.UTC().Truncate(time.Microsecond)
	ctx = viewer.AsSystem(ctx)
	var made *world
	err := pg.WithTx(ctx, p.DB, func(ctx context.Context, tx *sql.Tx) error {
		// Between two statements a month is made up, which takes a slow machine its time.
		if _, err := tx.ExecContext(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
			return fmt.Errorf("keeping the transaction of the demo open: %w", err)
		}
		made = newWorld(p, tx)
		return made.fill(ctx)
	})
	if err != nil {
		return nil, err
	}
	network, err := Find(ctx, p.DB, p.Secrets)
	if err != nil {
		return nil, err
	}
	for i, u := range network.Users {
		network.Users[i].Token = made.tokens[u.Email]
	}
	return network, nil
}

func (w *world) fill(ctx context.Context) error {
	// Of two concurrent calls the second waits, and then finds that it is not empty.
	if err := pg.Lock(ctx, w.tx, pg.LockDemo.Of()); err != nil {
		return fmt.Errorf("waiting for another one that fills the database: %w", err)
	}
	var taken bool
	err := w.tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT FROM affiliates) OR EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM offers)`).Scan(&taken)
	if err != nil {
		return fmt.Errorf("looking whether the database is empty: %w", err)
	}
	if taken {
		return ErrNotEmpty
	}
	if err := w.build(ctx); err != nil {
		return err
	}
	h := &history{teller: newTeller(w), rows: newRows()}
	h.tell()
	if err := h.happen(ctx); err != nil {
		return err
	}
	if err := h.rows.copy(ctx, w.tx); err != nil {
		return err
	}
	if err := w.finishPostbacks(ctx); err != nil {
		return err
	}
	if err := w.makeAggregation(ctx); err != nil {
		return err
	}
	return w.makeTrackers(ctx)
}
