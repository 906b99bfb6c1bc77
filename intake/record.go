package intake

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"postrider/commission"
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
	Origin          Actor

	stored       bool // it is in the table
	tiered       bool // its deal has tiers, and it is reckoned once it is in the table
	Status       commission.Status
	AttributedBy string
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
	return pg.WithTx(ctx, in.DB, func(ctx context.Context, tx *sql.Tx) error {
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
		g, found, err := in.catalog.goals.get(ctx, l.tx, e.report.Goal)
		if err != nil || !found {
			return fmt.Errorf("goal %q: %w", e.report.Goal, errors.Join(err, sql.ErrNoRows))
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
	for _, e := range entries {
		if !e.isNew {
			continue
		}
		c, r := e.conversion, e.report
		s := step{
			Status: c.Status, Reason: clean(r.Reason, maxReason), Actor: r.Actor, UserID: r.UserID, At: c.OccurredAt,
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
	if extra := e.report.unlisted(e.goal); e.isNew && len(extra) > 0 {
		e.outcome.Reason += fmt.Sprintf("; it carries %s, which the dictionary does not list for %s", strings.Join(extra, " and "), e.goal.Key)
	}
	if e.isNew && e.conversion.ReportedStatus != "" {
		e.outcome.Reason += "; " + unmapped(e.conversion.ReportedStatus)
	}
	if e.call == nil {
		return nil
	}
	row, err := newReceivedRow(*e.call, e.answer(), e.now, in.Now().Sub(e.now))
	l.received = append(l.received, row)
	return err
}

func (in *Intake) newConversion(ctx context.Context, tx *sql.Tx, src *source, r Report, g *goal, who attribution, now time.Time) (*conversion, error) {
	id, err := uuid.NewV7AtTime(now)
	if err != nil {
		return nil, fmt.Errorf("making an id: %w", err)
	}
	c := &conversion{
		ID: id, SourceID: src.ID, OfferID: src.OfferID, ReportedClickID: r.ClickID, PlayerID: who.player,
		Goal: g.Key, TransactionID: r.TransactionID, Amount: r.Amount, Currency: r.Currency, Status: r.Status,
		ReportedStatus: r.unknownStatus, Origin: r.Actor, OccurredAt: r.OccurredAt, ReceivedAt: now,
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
func insertConversions(ctx context.Context, tx *sql.Tx, entries []*entry) (map[uuid.UUID]bool, error) {
	var ids, reported, goals, transactions, onces, currencies, payoutCurrencies, statuses, by, occurred, received []string
	var affiliates, sources, offers, campaigns, deals []int64
	var clicks, players, amounts, payouts, rates, terms []sql.NullString
	var words, origins []string
	for _, e := range entries {
		c := e.conversion
		ids, reported, goals = append(ids, c.ID.String()), append(reported, c.ReportedClickID), append(goals, c.Goal)
		transactions, onces = append(transactions, c.TransactionID), append(onces, c.OnceKey)
		currencies, payoutCurrencies = append(currencies, c.Currency), append(payoutCurrencies, c.PayoutCurrency)
		statuses, by = append(statuses, string(c.Status)), append(by, c.AttributedBy)
		occurred, received = append(occurred, c.OccurredAt.Format(time.RFC3339Nano)), append(received, c.ReceivedAt.Format(time.RFC3339Nano))
		affiliates, sources, offers = append(affiliates, c.AffiliateID), append(sources, c.SourceID), append(offers, c.OfferID)
		campaigns, deals = append(campaigns, c.CampaignID), append(deals, c.DealID)
		clicks, players = append(clicks, uuidText(c.ClickID)), append(players, uuidText(c.PlayerID))
		amounts, payouts = append(amounts, decimalText(c.Amount)), append(payouts, decimalText(c.Payout))
		rates, terms = append(rates, decimalText(c.Rate)), append(terms, termsText(c.Terms))
		words, origins = append(words, c.ReportedStatus), append(origins, string(c.Origin))
	}
	rows, err := tx.QueryContext(ctx, `
		INSERT INTO conversions (id, affiliate_id, source_id, offer_id, campaign_id, click_id, reported_click_id, player_id, goal,
		  transaction_id, once_key, amount, payout, currency, payout_currency, deal_id, status, attributed_by, occurred_at, received_at,
		  terms, rate, reported_status, origin)
		SELECT id, nullif(affiliate, 0), source, offer, nullif(campaign, 0), click, reported, player, goal,
		  nullif(transaction, ''), nullif(once, ''), amount, payout, currency, payout_currency, nullif(deal, 0), status, by, occurred, received,
		  terms, rate, word, origin
		FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::uuid[], $7::text[], $8::uuid[], $9::text[],
		            $10::text[], $11::text[], $12::numeric[], $13::numeric[], $14::text[], $15::text[], $16::bigint[], $17::text[], $18::text[],
		            $19::timestamptz[], $20::timestamptz[], $21::jsonb[], $22::numeric[], $23::text[], $24::text[])
		  AS u(id, affiliate, source, offer, campaign, click, reported, player, goal, transaction, once, amount, payout, currency,
		       payout_currency, deal, status, by, occurred, received, terms, rate, word, origin)
		ON CONFLICT DO NOTHING RETURNING id`,
		pq.Array(ids), pq.Array(affiliates), pq.Array(sources), pq.Array(offers), pq.Array(campaigns), pq.Array(clicks), pq.Array(reported),
		pq.Array(players), pq.Array(goals), pq.Array(transactions), pq.Array(onces), pq.Array(amounts), pq.Array(payouts), pq.Array(currencies),
		pq.Array(payoutCurrencies), pq.Array(deals), pq.Array(statuses), pq.Array(by), pq.Array(occurred), pq.Array(received),
		pq.Array(terms), pq.Array(rates), pq.Array(words), pq.Array(origins))
	if err != nil {
		return nil, fmt.Errorf("writing %d conversions: %w", len(entries), err)
	}
	defer func() { _ = rows.Close() }()
	inserted := make(map[uuid.UUID]bool, len(entries))
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("writing conversions: %w", err)
		}
		inserted[id] = true
	}
	return inserted, rows.Err()
}

// findConversion locks a row for a change.
func findConversion(ctx context.Context, tx *sql.Tx, where string, args ...any) (*conversion, error) {
	var c conversion
	var terms []byte
	err := tx.QueryRowContext(ctx, `
		SELECT id, coalesce(affiliate_id, 0), source_id, offer_id, coalesce(campaign_id, 0), click_id, reported_click_id, player_id, goal,
		  coalesce(transaction_id, ''), coalesce(once_key, ''), amount, payout, currency, payout_currency, coalesce(deal_id, 0), status,
		  attributed_by, occurred_at, received_at, terms, rate, reported_status, origin
		FROM conversions WHERE `+where+` LIMIT 1 FOR UPDATE`, args...).
		Scan(&c.ID, &c.AffiliateID, &c.SourceID, &c.OfferID, &c.CampaignID, &c.ClickID, &c.ReportedClickID, &c.PlayerID, &c.Goal,
			&c.TransactionID, &c.OnceKey, &c.Amount, &c.Payout, &c.Currency, &c.PayoutCurrency, &c.DealID, &c.Status,
			&c.AttributedBy, &c.OccurredAt, &c.ReceivedAt, &terms, &c.Rate, &c.ReportedStatus, &c.Origin)
	if err != nil {
		return nil, fmt.Errorf("reading the conversion: %w", err)
	}
	c.stored = true
	c.Terms, err = readTerms(terms)
	return &c, err
}
