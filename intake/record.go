package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// Outcome is what became of a report.
type Outcome struct {
	Result       Result
	ConversionID uuid.UUID
	Reason       string // one sentence
}

// conversion is a row of conversions.
type conversion struct {
	ID              uuid.UUID
	AffiliateID     int64 // zero while unattributed
	SourceID        int64
	OfferID         int64
	CampaignID      int64 // zero for a default link
	ClickID         uuid.NullUUID
	ReportedClickID string
	PlayerID        uuid.NullUUID
	Goal            string
	TransactionID   string
	OnceKey         string
	Amount          decimal.NullDecimal
	Payout          decimal.NullDecimal
	Currency        string
	PayoutCurrency  string
	DealID          int64
	Terms           *commission.Terms   // what it is paid by; nil where nobody agreed to anything
	Rate            decimal.NullDecimal // what one unit of Currency is worth in PayoutCurrency
	ReportedStatus  string              // the operator's word that nobody has mapped yet; else empty
	Origin          commission.Actor

	stored       bool // it is in the table
	tiered       bool // its deal has tiers, and it is reckoned once it is in the table
	Status       commission.Status
	AttributedBy string
	CappedBy     string // offer or campaign, where the cap of its day was reached
	OccurredAt   time.Time
	ReceivedAt   time.Time
}

// recordAll records reports that share a commit. They are looked up and inserted
// together, a statement a table: what makes one a duplicate is the database's to
// say, of another call or of one beside it. What is known already takes its step
// after the others are written.
func (in *Intake) recordAll(ctx context.Context, entries []*entry) error {
	// Rows are locked in one order, whatever order the calls came in.
	slices.SortStableFunc(entries, func(a, b *entry) int { return strings.Compare(a.key(), b.key()) })
	return pg.WithPipeline(ctx, in.DB, func(ctx context.Context, tx *pg.Pipeline) error {
		l := in.newLedger(tx)
		if err := in.insertNew(ctx, l, entries); err != nil {
			return err
		}
		for _, e := range entries {
			if err := in.finish(ctx, l, e); err != nil {
				return err
			}
		}
		return l.close(ctx)
	})
}

// insertNew attributes every report and inserts those that are new, each with
// its first step.
func (in *Intake) insertNew(ctx context.Context, l *ledger, entries []*entry) error {
	if err := in.attribute(ctx, l.tx, entries); err != nil {
		return err
	}
	for _, e := range entries {
		g, err := in.catalog.goal(ctx, l.tx, e.report.Goal)
		if err != nil {
			return err
		}
		e.goal = g
		if e.conversion, err = in.newConversion(ctx, l.tx, e.source, e.report, g, e.who, e.now); err != nil {
			return err
		}
	}
	isNew, err := insertConversions(ctx, l.tx, entries)
	if err != nil {
		return err
	}
	for _, e := range entries {
		e.isNew = isNew[e.conversion.ID]
	}
	if err := in.reckonTiered(ctx, l.tx, entries); err != nil {
		return err
	}
	if err := in.takePlaces(ctx, l.tx, entries); err != nil {
		return err
	}
	for _, e := range entries {
		if !e.isNew {
			continue
		}
		c, r := e.conversion, e.report
		s := step{
			Status: c.Status, Reason: inbound.Clean(r.Reason, maxReason), Actor: r.Actor, UserID: r.UserID, At: c.OccurredAt,
			Macros: snapshot(c, e.goal, e.who.click),
		}
		if err := in.take(ctx, l, c, s, e.now); err != nil {
			return err
		}
	}
	return nil
}

// finish settles what became of an entry, and keeps its call.
func (in *Intake) finish(ctx context.Context, l *ledger, e *entry) error {
	e.illegal = nil
	switch c := e.conversion; {
	case !e.isNew:
		out, err := in.reportAgain(ctx, l, c, e.report, e.now)
		if illegal, ok := errors.AsType[*problem.Error](err); ok && illegal.Code == problem.CodeInvalid {
			e.illegal = illegal
			return nil
		}
		if err != nil {
			return err
		}
		e.outcome = out
	case c.AffiliateID == 0:
		e.outcome = Outcome{Result: Unattributed, ConversionID: c.ID, Reason: e.who.why}
	default:
		e.outcome = Outcome{Result: Recorded, ConversionID: c.ID, Reason: "new, attributed by " + e.who.by}
	}
	if extra := e.report.Unlisted(&e.goal.Goal); e.isNew && len(extra) > 0 {
		e.outcome.Reason += fmt.Sprintf("; it carries %s, which the dictionary does not list for %s", strings.Join(extra, " and "), e.goal.Key)
	}
	if e.isNew && e.conversion.CappedBy != "" {
		e.outcome.Reason += "; over the cap: the " + e.conversion.CappedBy + " had taken as many as it may in a day, and it pays nothing"
	}
	if e.isNew && e.conversion.ReportedStatus != "" {
		e.outcome.Reason += "; " + unmapped(e.conversion.ReportedStatus)
	}
	if e.call == nil {
		return nil
	}
	row, err := newReceivedRow(e.source, e.call, e.answer(), e.now, in.Now().Sub(e.now))
	l.received = append(l.received, row)
	return err
}

func (in *Intake) newConversion(ctx context.Context, tx *pg.Pipeline, src *source, r inbound.Report, g *goal, who attribution, now time.Time) (*conversion, error) {
	id, err := uuid.NewV7AtTime(now)
	if err != nil {
		return nil, fmt.Errorf("making an id: %w", err)
	}
	c := &conversion{
		ID: id, SourceID: src.ID, OfferID: src.OfferID, ReportedClickID: r.ClickID, PlayerID: who.player,
		Goal: g.Key, TransactionID: r.TransactionID, Amount: r.Amount, Currency: r.Currency, Status: r.Status,
		ReportedStatus: r.UnknownStatus, Origin: r.Actor, OccurredAt: r.OccurredAt, ReceivedAt: now,
	}
	if g.OncePerPlayer {
		c.OnceKey = who.onceKey(r)
	}
	if who.click == nil {
		return c, nil
	}
	c.AffiliateID, c.OfferID, c.CampaignID = who.click.AffiliateID, who.click.OfferID, who.click.CampaignID
	c.ClickID, c.AttributedBy = uuid.NullUUID{UUID: who.click.ID, Valid: true}, who.by
	return c, in.reckon(ctx, tx, c)
}

// insertConversions writes the conversions that none of the unique indexes knows,
// and says which those are.
func insertConversions(ctx context.Context, tx *pg.Pipeline, entries []*entry) (map[uuid.UUID]bool, error) {
	conversions := make([]conversion, len(entries))
	for i, e := range entries {
		conversions[i] = *e.conversion
	}
	inserted := make(map[uuid.UUID]bool, len(entries))
	tx.QueueRows(func(rows pgx.Rows) error {
		var id uuid.UUID
		_, err := pgx.ForEachRow(rows, []any{&id}, func() error {
			inserted[id] = true
			return nil
		})
		return err
	}, insertConversionsSQL, conversionColumns.Args(conversions)...)
	if err := tx.Send(ctx); err != nil {
		return nil, fmt.Errorf("writing %d conversions: %w", len(entries), err)
	}
	return inserted, nil
}

// findConversion locks a row for a change.
func findConversion(ctx context.Context, tx *pg.Pipeline, where string, args ...any) (*conversion, error) {
	var c conversion
	var terms []byte
	err := tx.QueryRowContext(ctx, `
		SELECT id, coalesce(affiliate_id, 0), source_id, offer_id, coalesce(campaign_id, 0), click_id, reported_click_id, player_id, goal,
		  coalesce(transaction_id, ''), coalesce(once_key, ''), amount, payout, currency, payout_currency, coalesce(deal_id, 0), status,
		  attributed_by, occurred_at, received_at, terms, rate, reported_status, origin, capped_by
		FROM conversions WHERE `+where+` LIMIT 1 FOR UPDATE`, args...).
		Scan(&c.ID, &c.AffiliateID, &c.SourceID, &c.OfferID, &c.CampaignID, &c.ClickID, &c.ReportedClickID, &c.PlayerID, &c.Goal,
			&c.TransactionID, &c.OnceKey, &c.Amount, &c.Payout, &c.Currency, &c.PayoutCurrency, &c.DealID, &c.Status,
			&c.AttributedBy, &c.OccurredAt, &c.ReceivedAt, &terms, &c.Rate, &c.ReportedStatus, &c.Origin, &c.CappedBy)
	if err != nil {
		return nil, fmt.Errorf("reading the conversion: %w", err)
	}
	c.stored = true
	c.Terms, err = readTerms(terms)
	return &c, err
}
