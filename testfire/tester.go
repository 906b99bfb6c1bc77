// Package testfire tests postbacks and set-ups before there is any traffic: one
// test fire, the run of all scenarios, and a simulated click and conversion that
// send nothing at all.
//
// A test is sent as a delivery would be, through the same client and guard, but
// only once, immediately, and never through the queue. It is stored as a delivery
// marked as test, with its attempt, so the log can show it; nothing counts it.
package testfire

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gofrs/uuid/v5"
	"golang.org/x/time/rate"

	"postrider/dispatch"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/domain/tracking"
	"postrider/ent"
	"postrider/ent/db"
	"postrider/ent/db/postback"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/installation"
	"postrider/internal/problem"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

// Config is what a Tester needs.
type Config struct {
	DB      *sql.DB
	Rows    *db.Client
	Sender  *dispatch.Client
	Secrets *secret.Ring // opens those of postbacks that sign
	Now     func() time.Time
}

// Tester fires tests. It is safe for concurrent use.
type Tester struct {
	Config

	mu    sync.Mutex
	users map[ids.User]*rate.Limiter
}

// New returns a Tester.
func New(cfg Config) *Tester {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Tester{Config: cfg, users: map[ids.User]*rate.Limiter{}}
}

// The rate limit of one user's tests: a run of all scenarios and some single ones, then one
// every two seconds.
const (
	perUser      = rate.Limit(0.5)
	burstPerUser = 20
)

// allow spends so many of the user's shots, or refuses.
func (t *Tester) allow(v *viewer.Viewer, shots int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	limiter := t.users[v.UserID]
	if limiter == nil {
		limiter = rate.NewLimiter(perUser, burstPerUser)
		t.users[v.UserID] = limiter
	}
	if !limiter.AllowN(t.Now(), shots) {
		return problem.RateLimited("too many tests in a short time; wait a few seconds")
	}
	return nil
}

// maySend spends so many of the viewer's shots, unless the installation is on hold.
func (t *Tester) maySend(ctx context.Context, shots int) error {
	hold, err := installation.ReadHold(ctx, t.DB)
	if err != nil {
		return err
	}
	if err := hold.Refuse(); err != nil {
		return err
	}
	return t.allow(viewer.From(ctx), shots)
}

// AllowLook reports whether the viewer may make one more network look-up: resolving hosts
// spends the same shots as firing.
func (t *Tester) AllowLook(ctx context.Context) bool {
	v, err := viewer.Require(ctx)
	return err == nil && t.allow(v, 1) == nil
}

// Wish is a test as requested.
type Wish struct {
	// Postback is what is tested: all its fields, or only the ID of a saved one. With an ID
	// the saved one's signature is used, and the test is stored with it.
	Postback    firing.Postback
	AffiliateID ids.Affiliate     // for staff, if no postback has an owner
	Goal        string            // that it reports; the postback's if empty
	Link        *db.TrackingLink  // of the click; nil for the newest campaign in the postback's scope
	Pasted      tracking.Pasted   // the params of Link
	Values      map[string]string // by macro, in any spelling; they replace the samples
}

// order is a validated wish.
type order struct {
	affiliateID ids.Affiliate
	userID      ids.User
	postback    *db.Postback
	versionID   int64
	template    *macro.Template
	method      firing.Method
	rule        firing.BodyRule
	signing     string
	sample      SampleOf
	goal        *db.Goal
	values      *macro.Values
	delivery    bool // the wish gives the delivery id
}

// prepare validates a wish; problems are returned as joined *problem.Error.
func (t *Tester) prepare(ctx context.Context, w Wish) (*order, error) {
	v, err := viewer.Require(ctx)
	if err != nil {
		return nil, err
	}
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	o := &order{affiliateID: scope.AffiliateID(), userID: v.UserID, method: firing.GET}
	if w.Postback.ID != 0 {
		if err := t.readPostback(ctx, o, &w); err != nil {
			return nil, err
		}
	} else if scope.All() {
		if w.AffiliateID == 0 {
			return nil, problem.Invalid("affiliateId", "choose an affiliate, or a saved postback")
		}
		if _, err := t.Rows.Affiliate.Get(ctx, int64(w.AffiliateID)); err != nil {
			return nil, missing(err, "affiliateId", "affiliate")
		}
		o.affiliateID = w.AffiliateID
	}
	if w.Postback.Method != "" {
		o.method = w.Postback.Method
	}
	if w.Postback.BodyRule != nil {
		o.rule = *w.Postback.BodyRule
	}
	var bad []error
	if err := o.rule.Validate(); err != nil {
		bad = append(bad, problem.Invalid("bodyRule", "%s", err))
	}
	if o.template, err = macro.ParseFor(w.Postback.URLTemplate, w.Postback.Macros()); err != nil {
		bad = append(bad, problem.Join(firing.TemplateProblems("urlTemplate", w.Postback.URLTemplate, err)))
	}
	said, wrong := spelled(w.Values)
	bad = append(bad, wrong...)
	_, o.delivery = said[macro.DeliveryID]
	if err := errors.Join(bad...); err != nil {
		return nil, err
	}
	o.sample = SampleOf{Postback: w.Postback, AffiliateID: o.affiliateID, Goal: w.Goal, Link: w.Link, Pasted: w.Pasted, Values: w.Values}
	return o, t.fill(ctx, o)
}

// readPostback loads the saved postback that a wish names.
func (t *Tester) readPostback(ctx context.Context, o *order, w *Wish) error {
	p, err := t.Rows.Postback.Query().Where(postback.ID(int64(w.Postback.ID)), postback.DeletedAtIsNil()).Only(ctx)
	if err != nil {
		return missing(err, "postback.id", "postback")
	}
	if w.Postback.URLTemplate == "" {
		w.Postback = ent.FiringPostback(p)
	}
	w.Postback.Goal = cmp.Or(w.Postback.Goal, p.Goal)
	o.postback, o.affiliateID = p, ids.Affiliate(p.AffiliateID)
	if o.signing, err = t.Secrets.Open(p.SigningSecret, secret.ForPostback); err != nil {
		return fmt.Errorf("opening the signing secret: %w", err)
	}
	err = t.DB.QueryRowContext(ctx, `SELECT id FROM postback_versions WHERE postback_id = $1 AND number = $2`, p.ID, p.Version).Scan(&o.versionID)
	if err != nil {
		return fmt.Errorf("finding the version of postback %d: %w", p.ID, err)
	}
	return nil
}

// fill sets every macro to its value of the sample conversion.
func (t *Tester) fill(ctx context.Context, o *order) error {
	sample, err := t.Sample(ctx, o.sample)
	if err != nil {
		return err
	}
	o.goal, o.values = sample.Goal, sample.Values
	return nil
}

func missing(err error, field, what string) error {
	if db.IsNotFound(err) {
		return problem.NotFoundAt(field, "there is no such %s", what)
	}
	return err
}

// carriesClick reports whether the URL has a click id.
func (o *order) carriesClick() bool {
	names := o.template.Macros()
	return slices.Contains(names, macro.Param1) || slices.Contains(names, macro.ClickID)
}

// shot is one exchange of an order.
type shot struct {
	scenario string
	run      uuid.NullUUID
	values   *macro.Values
	again    uuid.UUID // id of the test that it repeats, as a retry would; nil for none
}

// Result is a test that was fired.
type Result struct {
	ID          uuid.UUID
	URL         string
	ClickID     bool         // the URL has a macro for it
	EmptyMacros []macro.Name // what the URL had no value for
	Exchange    dispatch.Exchange
	Outcome     dispatch.Outcome // Accepted or GiveUp
}

// Fire fires one test.
func (t *Tester) Fire(ctx context.Context, w Wish) (*db.PostbackTest, error) {
	o, err := t.prepare(ctx, w)
	if err != nil {
		return nil, err
	}
	if err := t.maySend(ctx, 1); err != nil {
		return nil, err
	}
	r, err := t.fire(ctx, o, shot{values: o.values})
	if err != nil {
		return nil, err
	}
	return t.Rows.PostbackTest.Get(ctx, r.ID)
}

func (t *Tester) fire(ctx context.Context, o *order, s shot) (*Result, error) {
	id, err := uuid.NewV7AtTime(t.Now())
	if err != nil {
		return nil, fmt.Errorf("making an id: %w", err)
	}
	delivery := globalid.Hex(id)
	if !s.again.IsNil() {
		delivery = globalid.Hex(s.again)
	}
	if s.scenario != "" && !o.delivery { // a single test is sent as its preview shows it
		s.values.Set(macro.DeliveryID, delivery)
	}
	url, spans := o.template.ExpandSpans(s.values)
	e := t.Sender.Send(ctx, dispatch.Request{
		Method: o.method, URL: url, DeliveryID: delivery, Attempt: 1, SigningSecret: o.signing,
	})
	outcome := dispatch.Judge(e, dispatch.Terms{Attempt: 1, Rule: o.rule})
	if outcome.Verdict != dispatch.Accepted {
		outcome.Verdict, outcome.Reason, outcome.Detail = dispatch.GiveUp, outcome.AttemptReason, outcome.AttemptDetail
	}
	r := &Result{ID: id, URL: e.URL, ClickID: o.carriesClick(), EmptyMacros: macro.Empty(spans), Exchange: e, Outcome: outcome}
	return r, t.keep(context.WithoutCancel(ctx), o, s, r)
}
