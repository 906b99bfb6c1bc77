package intake

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/inbound"
	"postrider/domain/tracking"
	"postrider/internal/pg"
)

// recorder records conversions, their steps and their deliveries.
type recorder struct {
	db      *sql.DB
	catalog *catalog
	enqueue Enqueuer
	clock   func() time.Time
}

// now returns the time of a fact: UTC, to the microsecond that PostgreSQL keeps.
func (r *recorder) now() time.Time { return r.clock().UTC().Truncate(time.Microsecond) }

// change runs do in one transaction, then settles the qualification of the players involved,
// then writes the collected rows.
func (r *recorder) change(ctx context.Context, do func(ctx context.Context, ch *changes) error) error {
	now := r.now()
	return pg.WithPipeline(ctx, r.db, func(ctx context.Context, tx *pg.Pipeline) error {
		ch := &changes{tx: tx, catalog: r.catalog, enqueue: r.enqueue, now: now}
		if err := do(ctx, ch); err != nil {
			return err
		}
		if err := settle(ctx, ch); err != nil {
			return err
		}
		return ch.close(ctx)
	})
}

// recordAll records the members of a group commit. They are looked up and inserted
// together, one statement per table: the unique constraints decide which is a duplicate, of
// an earlier commit or of another member. Reports of recorded conversions take their step
// after the new ones are written.
func (r *recorder) recordAll(ctx context.Context, entries []*entry) error {
	// Lock order: conversions by key, in whatever order the calls arrived.
	slices.SortStableFunc(entries, func(a, b *entry) int { return strings.Compare(a.key(), b.key()) })
	return r.changeUnbound(ctx, func(ctx context.Context, ch *changes) error {
		waiting, mapped := unmappedFirst(entries)
		if err := keepUnmapped(ctx, ch, waiting); err != nil {
			return err
		}
		if err := recordMapped(ctx, ch, mapped); err != nil {
			return err
		}
		for _, e := range entries {
			if err := r.logCall(ch, e); err != nil {
				return err
			}
			if err := e.keepDone(ch); err != nil {
				return err
			}
		}
		return nil
	})
}

// recordMapped records the members of a group commit whose goals are mapped. It returns errBound if
// one that clashes or is refused has bound its player: that is found out last, and then all are
// recorded again without it.
func recordMapped(ctx context.Context, ch *changes, entries []*entry) error {
	first, rest := firstOfEach(slices.DeleteFunc(slices.Clone(entries), func(e *entry) bool { return e.bindless && e.illegal != nil }))
	for _, some := range [][]*entry{first, rest} {
		if len(some) == 0 {
			continue
		}
		if err := recordNew(ctx, ch, some); err != nil {
			return err
		}
	}
	bound := false
	for _, e := range slices.Concat(first, rest) {
		if err := finish(ctx, ch, e); err != nil {
			return err
		}
		if e.bindsWrongly() {
			e.bindless, bound = true, true
		}
	}
	if bound {
		return errBound
	}
	return nil
}

// firstOfEach splits entries into those that are the first of their transaction, and those that
// look for the first: their offers may differ.
func firstOfEach(entries []*entry) (first, rest []*entry) {
	seen := map[string]bool{}
	for _, e := range entries {
		key := e.transaction()
		if key != "" && seen[key] {
			rest = append(rest, e)
			continue
		}
		seen[key] = true
		first = append(first, e)
	}
	return first, rest
}

// recordNew attributes every report and inserts those that are new, each with its first step.
func recordNew(ctx context.Context, ch *changes, entries []*entry) error {
	if err := attribute(ctx, ch, entries); err != nil {
		return err
	}
	if err := findRepeats(ctx, ch, entries); err != nil {
		return err
	}
	conversions := make([]*conversion, 0, len(entries))
	for _, e := range entries {
		var err error
		if e.goal, err = ch.catalog.goal(ctx, ch.tx, e.report.Goal); err != nil {
			return err
		}
		if e.conversion, err = newConversion(e); err != nil {
			return err
		}
		if !e.repeats.Valid {
			conversions = append(conversions, e.conversion)
		}
	}
	recorded, err := insert(ctx, ch, conversions)
	if err != nil {
		return err
	}
	for _, e := range entries {
		c, r := e.conversion, e.report
		if e.isNew = slices.Contains(recorded, c); !e.isNew {
			continue
		}
		err := decide(ctx, ch, c, step{
			Status: c.Status, Reason: tracking.Clean(r.Reason, maxReason), Actor: r.Actor, UserID: r.UserID, At: c.OccurredAt,
			Macros: snapshot(c, e.goal, e.who.click),
		}, e.now)
		if err != nil {
			return err
		}
	}
	return nil
}

// errBound rolls a transaction back in which a report that changes nothing bound its player.
var errBound = errors.New("a report that changes nothing has bound its player to a click")

// changeUnbound is change for reports: if one of them must bind no player, do runs again.
func (r *recorder) changeUnbound(ctx context.Context, do func(ctx context.Context, ch *changes) error) error {
	for {
		if err := r.change(ctx, do); !errors.Is(err, errBound) {
			return err
		}
	}
}

func newConversion(e *entry) (*conversion, error) {
	r, src := e.report, e.integration
	id, err := uuid.NewV7AtTime(e.now)
	if err != nil {
		return nil, fmt.Errorf("making an id: %w", err)
	}
	c := &conversion{
		ID: id, IntegrationID: src.ID, OfferID: src.OfferID, ReportedClickID: r.ClickID, PlayerID: e.who.player,
		Goal: e.goal.Key, TransactionID: r.TransactionID, Amount: r.Amount, Currency: r.Currency, Status: r.Status,
		ReportedStatus: r.UnknownStatus, ApartFrom: e.apartFrom, Origin: r.Actor, OccurredAt: r.OccurredAt, ReceivedAt: e.now,
		ReportedPayout: r.Payout, ReportedPayoutIn: r.PayoutIn,
	}
	if !e.receivedAt.IsZero() {
		c.ReceivedAt = e.receivedAt
	}
	if r.UnknownStatus != "" {
		c.ReportedAt = timeOf(r)
	}
	if e.goal.OncePerPlayer {
		c.OnceKey = e.who.onceKey(r)
	}
	if click := e.who.click; click != nil {
		c.AffiliateID, c.OfferID, c.CampaignID = click.AffiliateID, click.OfferID, click.CampaignID
		c.ClickID, c.AttributedBy = uuid.NullUUID{UUID: click.ID, Valid: true}, e.who.by
	}
	return c, nil
}

// finish sets the outcome of an entry; a report of a recorded conversion takes its step.
func finish(ctx context.Context, ch *changes, e *entry) error {
	e.illegal = nil
	switch c := e.conversion; {
	case !e.isNew:
		out, err := reportAgain(ctx, ch, e)
		e.outcome = out
		return e.refused(err)
	case c.AffiliateID == 0:
		e.affiliate = e.who.whose
		e.outcome = Outcome{Result: Unattributed, ConversionID: c.ID, Reason: e.who.why, Cause: e.who.cause}
	default:
		e.affiliate = c.AffiliateID
		e.outcome = Outcome{Result: Recorded, ConversionID: c.ID, Reason: "new, attributed by " + e.who.by}
	}
	if extra := e.report.Unlisted(&e.goal.Goal); len(extra) > 0 {
		e.unlisted = fmt.Sprintf("it has %s, which the event dictionary does not list for %s", strings.Join(extra, " and "), e.goal.Key)
	}
	if by := e.conversion.CappedBy; by != "" {
		e.outcome.Reason += "; over the daily cap of the " + by + ": recorded, pays nothing"
		e.outcome.Cause = inbound.OverCap
	}
	if word := e.conversion.ReportedStatus; word != "" {
		e.outcome.Reason += "; " + unmapped(word)
		e.outcome.Cause = cmp.Or(e.outcome.Cause, e.report.Unmapped())
	}
	return nil
}

// logCall logs the call of an entry, if there is one; a refused call is logged where it is
// answered.
func (r *recorder) logCall(ch *changes, e *entry) (err error) {
	if e.call != nil && e.illegal == nil {
		var row receivedRow
		row, err = newReceivedRow(e.integration, e.call, e.answer(), e.now, r.clock().Sub(e.now))
		ch.received = append(ch.received, row)
	}
	return err
}
