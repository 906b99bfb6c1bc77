// Package setup creates and changes what people set up: affiliates their campaigns,
// tracking links and postbacks; the network's staff offers, deals, rates, goals, operators'
// integrations, affiliates and users. Each change is one transaction with its entry
// in the audit log. Who may change which row is decided by ent's privacy rules, from
// the viewer in the context; problems with an input are returned as joined
// *problem.Error, each with its field.
package setup

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"postrider/dispatch"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/idempotency"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

// Config is what a Setup needs.
type Config struct {
	DB        *sql.DB
	Guard     *dispatch.Guard // the targets that a postback may name
	Secrets   *secret.Ring
	PublicURL string           // the start of tracking links
	Changed   func()           // called after each change, to drop caches; nil for nothing
	Now       func() time.Time // nil for the clock
}

// Setup makes changes. It is safe for concurrent use.
type Setup struct{ Config }

// New returns a Setup.
func New(cfg Config) *Setup {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Changed == nil {
		cfg.Changed = func() {}
	}
	return &Setup{Config: cfg}
}

// change is one transaction of changes, with its viewer and time.
type change struct {
	tx     *pg.Pipeline
	client *db.Client
	viewer *viewer.Viewer
	scope  viewer.RowScope
	now    time.Time
}

// change runs do in one transaction and drops the caches after it.
func (s *Setup) change(ctx context.Context, do func(ctx context.Context, c *change) error) error {
	err := s.within(ctx, do)
	if err == nil {
		s.Changed()
	}
	return err
}

// within runs do in one transaction.
func (s *Setup) within(ctx context.Context, do func(ctx context.Context, c *change) error) error {
	v, err := viewer.Require(ctx)
	if err != nil {
		return err
	}
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return err
	}
	return pg.WithPipeline(ctx, s.DB, func(ctx context.Context, tx *pg.Pipeline) error {
		return do(ctx, &change{
			tx: tx, viewer: v, scope: scope, now: s.Now().UTC().Truncate(time.Microsecond),
			client: ent.NewTxClient(tx),
		})
	})
}

// audit writes an act to the audit log, in the change's own transaction.
func (c *change) audit(ctx context.Context, a Act) error {
	if err := a.listed(); err != nil {
		return err
	}
	old, err := asMap(a.Before)
	if err != nil {
		return err
	}
	now, err := asMap(a.After)
	if err != nil {
		return err
	}
	entry := c.client.AuditEntry.Create().SetAt(c.now).SetAction(a.Action).SetEntity(a.Entity).SetEntityID(a.ID).
		SetBefore(old).SetAfter(now)
	if a.affiliateID != 0 {
		entry.SetAffiliateID(int64(a.affiliateID))
	}
	if c.viewer.UserID != 0 {
		entry.SetUserID(int64(c.viewer.UserID))
	}
	if c.viewer.TokenID != 0 {
		entry.SetTokenID(c.viewer.TokenID)
	}
	if err := entry.Exec(ctx); err != nil {
		return fmt.Errorf("writing the audit log: %w", err)
	}
	return idempotency.From(ctx).Done(c.tx, idempotency.Done{IDs: a.globalIDs(), Created: a.Action == "create", Secret: a.secret})
}

func asMap(v any) (map[string]any, error) {
	if v == nil {
		return nil, nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing down %T: %w", v, err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("writing down %T: %w", v, err)
	}
	return m, nil
}

// missing turns ent's "not found" into a problem with the field; other errors are returned
// unchanged.
func missing(err error, field, what string) error {
	if db.IsNotFound(err) {
		return problem.NotFoundAt(field, "there is no such %s", what)
	}
	return err
}

// affiliate returns the owner of what is created: the viewer's affiliate, or the one that
// staff choose.
func (c *change) affiliate(named ids.Affiliate) (ids.Affiliate, error) {
	switch {
	case named != 0 && !c.scope.Sees(named):
		return 0, problem.Invalid("affiliateId", "only staff can choose an affiliate")
	case !c.scope.All():
		return c.scope.AffiliateID(), nil
	case named == 0:
		return 0, problem.Invalid("affiliateId", "choose an affiliate")
	}
	return named, nil
}
