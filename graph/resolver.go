// Package graph is the GraphQL API: schema/ is written by hand, gen/ is
// generated from it, and the resolvers say only what is not derivable. Rows of
// ent are the GraphQL types. Who may see what is decided by ent's privacy rules
// from the viewer in the context, and who may call what by the directive @auth.
//
// It holds no business rules: setup, intake and account do.
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
	"postrider/intake"
	"postrider/internal/ids"
	"postrider/internal/secret"
	"postrider/report"
	"postrider/setup"
	"postrider/testfire"
)

// Replayer makes new deliveries out of ones that have ended, by today's template
// or by the one they were sent with: one at once, giving its id, or many as a
// bulk replay that goes on by itself.
type Replayer interface {
	Replay(ctx context.Context, deliveryID uuid.UUID, asSent bool) (uuid.UUID, error)
	ReplayMany(ctx context.Context, affiliateID ids.Affiliate, userID ids.User, asSent bool, deliveries []uuid.UUID) (int64, error)
	PauseBulk(ctx context.Context, id int64) error
	ResumeBulk(ctx context.Context, id int64) error
	CancelBulk(ctx context.Context, id int64) error
}

// Config is what the API needs.
type Config struct {
	Hubs

	Client       *db.Client
	Accounts     *account.Accounts
	Setup        *setup.Setup
	Intake       *intake.Intake
	Health       *report.Health
	Gaps         *report.Gaps
	Progress     *report.Progress
	Home         *report.Home
	Replayer     Replayer
	Tester       *testfire.Tester
	Target       doctor.Target // asked by the doctor where a postback goes
	Secrets      *secret.Ring  // opens postbacks' signing secrets for their owners
	Installation gen.Instance
	ClientAddr   func(ctx context.Context) netip.Addr // where a request came from; nil where that is not known
	Streams      stream.Limits
	Log          *slog.Logger
	Now          func() time.Time

	Allowances Allowances // of new documents

	// LoaderWait is how long a look-up waits for others of its kind, to share a
	// statement with them; 1 ms.
	LoaderWait time.Duration

	// LookEvery is how often a subscription looks at what nobody announces; 1 s.
	LookEvery time.Duration
}

// Resolver resolves what gqlgen cannot derive.
type Resolver struct{ Config }

// office corrects what Intake has recorded.
func (r *Resolver) office() *backoffice.Office { return &backoffice.Office{Intake: r.Intake} }
