// Package graph is the GraphQL API: schema/ is written by hand, gen/ is generated from it, and the
// resolvers contain only what cannot be generated. Rows of ent are the GraphQL types. ent's
// privacy rules decide who may see what, from the viewer in the context; the directive @auth
// decides who may call what.
//
// It has no business rules: setup, intake and account do.
package graph

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/account"
	"postrider/backoffice"
	"postrider/domain/doctor"
	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/graph/stream"
	"postrider/idempotency"
	"postrider/intake"
	"postrider/internal/ids"
	"postrider/internal/secret"
	"postrider/landing"
	"postrider/report"
	"postrider/setup"
	"postrider/testfire"
)

// Replayer makes new deliveries from ones that have ended, by today's template or by the one they
// were sent with: one at once, returning its id, or many as a bulk replay that runs in the
// background.
type Replayer interface {
	Replay(ctx context.Context, deliveryID uuid.UUID, asSent bool) (uuid.UUID, error)
	ReplayMany(ctx context.Context, affiliateID ids.Affiliate, userID ids.User, asSent bool, deliveries []uuid.UUID) (int64, error)
	PauseBulk(ctx context.Context, id int64) error
	ResumeBulk(ctx context.Context, id int64) error
	CancelBulk(ctx context.Context, id int64) error
	// Release sends a delivery now that its tracker holds up.
	Release(ctx context.Context, deliveryID uuid.UUID) error
}

// Config is the API's configuration and dependencies.
type Config struct {
	Hubs
	Feeds Feeds

	Client       *db.Client
	Accounts     *account.Accounts
	Setup        *setup.Setup
	Intake       *intake.Intake
	Health       *report.Health
	Gaps         *report.Gaps
	Crossings    *report.Crossings
	Attention    *report.Attention
	Progress     *report.Progress
	Home         *report.Home
	Replayer     Replayer
	Tester       *testfire.Tester
	Landing      *landing.Checker  // tries the pages that clicks lead to
	Target       doctor.Target     // resolves and checks a postback's address for the doctor
	Secrets      *secret.Ring      // opens postbacks' signing secrets for their owners
	Keys         *idempotency.Keys // of mutations that are safe to repeat
	Installation gen.Instance
	ClientAddr   func(ctx context.Context) netip.Addr // returns where a request came from; may be nil
	Streams      stream.Limits
	Log          *slog.Logger
	Now          func() time.Time

	Allowances Allowances // of new documents

	// LoaderWait is how long a look-up waits for others of its kind, to share a statement with
	// them; 1 ms.
	LoaderWait time.Duration

	// LookEvery is the polling interval of subscriptions to what is not announced; 1 s.
	LookEvery time.Duration
}

// Resolver resolves what gqlgen cannot generate.
type Resolver struct{ Config }

// office returns the service that corrects what Intake has recorded.
func (r *Resolver) office() *backoffice.Office { return &backoffice.Office{Intake: r.Intake} }
