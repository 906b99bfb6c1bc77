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
	"github.com/jackc/pgx/v5"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/internal/globalid"
	"postrider/internal/pg"
)

// reportAgain handles a report of a recorded conversion: with another status it is a
// lifecycle change, with another amount, currency or time of the same transaction a
// correction, with another click or player a clash, otherwise a duplicate. Only the integration
// that recorded a conversion changes it.
func reportAgain(ctx context.Context, ch *changes, e *entry) (Outcome, error) {
	again, r := e.conversion, e.report
	known, err := findRepeated(ctx, ch, e)
	if err != nil {
		return Outcome{}, fmt.Errorf("finding the conversion that this one repeats: %w", err)
	}
	if known, e.disputed, err = undisputed(ctx, ch, known, again); err != nil {
		return Outcome{}, err
	}
	e.affiliate = cmp.Or(known.AffiliateID, e.who.whose)
	differs := known.differs(again, r)
	if known.clashes(again) {
		return keepClash(ctx, ch, known, e, differs)
	}
	out := Outcome{Result: Duplicate, ConversionID: known.ID, Differs: differs, Cause: repeatOf(differs)}
	if known.IntegrationID != again.IntegrationID {
		out.Reason = "another integration of the operator recorded it, and only that one changes it" + inWords(differs)
		return out, nil
	}
	if r.UnknownStatus != "" {
		return reportUnknown(ctx, ch, known, r, out)
	}
	m, stale, err := repeatedMove(ctx, ch, known, again, r)
	if err != nil {
		return Outcome{}, err
	}
	if stale.why != "" {
		out.Reason, out.Cause = stale.why, cmp.Or(stale.cause, out.Cause)
		return out, forgetWord(ctx, ch, known, r)
	}
	if m.keepsWord = known.wordIsLater(r); !m.keepsWord {
		known.ReportedStatus, known.ReportedAt = "", nil
	}
	was := known.Status
	moved, err := move(ctx, ch, known, m, r.OccurredAt, e.now)
	moved.Differs = differs
	if moved.Result == Updated && m.To != was && (m.To == commission.Rejected || m.To == commission.Cancelled) {
		moved.Cause = inbound.Reversal
	}
	return moved, err
}

// idle is why a report of a recorded conversion changes nothing; zero if it may. Without a cause it is a
// duplicate.
type idle struct {
	why   string
	cause inbound.Cause
}

// repeatOf returns the cause of a duplicate: a clash if it says something else than what is recorded. A
// time does not count: who sends a call again may send the time of that.
func repeatOf(differs []inbound.Difference) inbound.Cause {
	for _, d := range differs {
		if d.Field != commission.ParamOccurredAt {
			return inbound.Differs
		}
	}
	return inbound.Repeat
}

// repeatedMove returns the move that a report makes of a recorded conversion, or why it changes
// nothing.
func repeatedMove(ctx context.Context, ch *changes, known, again *conversion, r inbound.Report) (m Move, stale idle, err error) {
	m = Move{To: r.Status, Reason: r.Reason, Amount: r.Amount, ReportedPayout: r.Payout, ReportedPayoutIn: r.PayoutIn, Actor: r.Actor, UserID: r.UserID}
	if r.CurrencyGiven {
		m.Currency = r.Currency
	}
	if !r.StatusGiven || r.Status == known.Status {
		m.To = known.Status
		stale, err = correction(ctx, ch, known, again, &m, r)
	}
	if err == nil && stale.why == "" && known.changesMoreThanItsTime(m) {
		stale, err = overtaken(ctx, ch, known, r)
	}
	return m, stale, err
}

// reportUnknown keeps the operator's word for a status that nobody has mapped: nothing else
// changes until somebody does. A word that is older than the last report is not kept.
func reportUnknown(ctx context.Context, ch *changes, known *conversion, r inbound.Report, out Outcome) (Outcome, error) {
	stale, err := overtaken(ctx, ch, known, r)
	if err != nil {
		return out, err
	}
	if stale.why != "" || r.TimeGiven && known.ReportedAt != nil && r.OccurredAt.Before(*known.ReportedAt) {
		out.Reason, out.Cause = stale.why, inbound.Overtaken
		return out, nil
	}
	known.ReportedStatus, known.ReportedAt = r.UnknownStatus, timeOf(r)
	out.Reason, out.Cause = unmapped(r.UnknownStatus), r.Unmapped()
	return out, known.save(ctx, ch.tx)
}

// forgetWord drops the word of an earlier report once a later one has a status that is mapped,
// though it changes nothing else: only the last report decides.
func forgetWord(ctx context.Context, ch *changes, known *conversion, r inbound.Report) error {
	if known.ReportedStatus == "" || r.Status != known.Status || known.wordIsLater(r) {
		return nil
	}
	known.ReportedStatus, known.ReportedAt = "", nil
	return known.save(ctx, ch.tx)
}

// wordIsLater reports whether a conversion's unmapped status holds after a report: one without a
// status, or as of an earlier time.
func (c *conversion) wordIsLater(r inbound.Report) bool {
	return c.ReportedStatus != "" && (!r.StatusGiven || r.TimeGiven && c.ReportedAt != nil && r.OccurredAt.Before(*c.ReportedAt))
}

// findRepeated selects and locks the recorded conversion of a report: by its transaction, else by
// its player.
func findRepeated(ctx context.Context, ch *changes, e *entry) (*conversion, error) {
	if e.repeats.Valid {
		return findConversion(ctx, ch.tx, `id = $1`, e.repeats)
	}
	c := e.conversion
	known, err := findConversion(ctx, ch.tx, `
		offer_id = $1 AND goal = $2 AND undone_at IS NULL AND (transaction_id = nullif($3, '') AND apart_from IS NULL OR once_key = nullif($4, ''))
		ORDER BY transaction_id IS NOT DISTINCT FROM nullif($3, '') DESC`,
		c.OfferID, c.Goal, c.TransactionID, c.OnceKey)
	if errors.Is(err, sql.ErrNoRows) { // its attribution was undone since
		err = pg.ErrOvertaken
	}
	return known, err
}

// reported is a report whose transaction may be recorded for another offer.
type reported struct {
	at          int
	integration int64
	goal        string
	transaction string
	attributed  bool
}

var reportedColumns = pg.Columns[reported]{
	pg.Bigint("at", func(r *reported) int64 { return int64(r.at) }),
	pg.Bigint("integration", func(r *reported) int64 { return r.integration }),
	pg.Text("goal", func(r *reported) string { return r.goal }),
	pg.Text("transaction", func(r *reported) string { return r.transaction }),
	pg.Bool("attributed", func(r *reported) bool { return r.attributed }),
}

var findRepeatsSQL = reportedColumns.Statement(`
SELECT DISTINCT ON (u.at) u.at, c.id FROM rows
JOIN conversions c ON c.transaction_id = u.transaction AND c.goal = u.goal AND c.integration_id = u.integration
WHERE c.undone_at IS NULL AND c.apart_from IS NULL AND (c.affiliate_id IS NULL OR NOT u.attributed)
ORDER BY u.at, c.affiliate_id IS NULL, c.id`)

var lockTransactionsSQL = `SELECT pg_advisory_xact_lock(` + pg.LockID("name") + `) FROM unnest($1::text[]) name`

// findRepeats finds the conversions that reports repeat although their offers differ: the offer
// of what is not attributed is only assumed, so its integration and transaction identify it. No
// index can say that, so the transactions are locked: of two at once, the second sees the first.
func findRepeats(ctx context.Context, ch *changes, entries []*entry) error {
	var list []reported
	var locks []string
	for i, e := range entries {
		e.repeats = uuid.NullUUID{}
		click := e.who.click
		if e.report.TransactionID == "" || e.apartFrom.Valid || click != nil && click.OfferID == e.integration.OfferID {
			continue
		}
		locks = append(locks, e.transaction())
		list = append(list, reported{i, e.integration.ID, e.report.Goal, e.report.TransactionID, click != nil})
	}
	if len(list) == 0 {
		return nil
	}
	slices.Sort(locks)
	ch.tx.Queue(lockTransactionsSQL, locks)
	ch.tx.QueueRows(func(rows pgx.Rows) error {
		var at int
		var id uuid.UUID
		_, err := pgx.ForEachRow(rows, []any{&at, &id}, func() error {
			entries[at].repeats = uuid.NullUUID{UUID: id, Valid: true}
			return nil
		})
		return err
	}, findRepeatsSQL, reportedColumns.Args(list)...)
	if err := ch.tx.Send(ctx); err != nil {
		return fmt.Errorf("looking for the transactions of %d reports: %w", len(list), err)
	}
	return nil
}

// differs lists what a report says otherwise than the recorded conversion. What it leaves out
// does not differ.
func (c *conversion) differs(again *conversion, r inbound.Report) []inbound.Difference {
	var found []inbound.Difference
	differ := func(given bool, field, recorded, reported string) {
		if given && recorded != reported {
			found = append(found, inbound.Difference{Field: field, Recorded: recorded, Reported: reported})
		}
	}
	differ(again.ClickID.Valid && c.ClickID.Valid, commission.ParamClickID, hexOrNothing(c.ClickID), hexOrNothing(again.ClickID))
	differ(again.PlayerID.Valid && c.PlayerID.Valid, commission.ParamPlayerID, hexOrNothing(c.PlayerID), hexOrNothing(again.PlayerID))
	differ(r.TransactionID != "", commission.ParamTransaction, c.TransactionID, r.TransactionID)
	differ(r.Amount.Valid && !commission.SameAmount(c.Amount, r.Amount), commission.ParamAmount, commission.AmountText(c.Amount), commission.AmountText(r.Amount))
	differ(r.Payout.Valid, commission.ParamPayout, payoutText(c.ReportedPayout, c.ReportedPayoutIn), payoutText(r.Payout, r.PayoutIn))
	differ(r.CurrencyGiven, commission.ParamCurrency, c.Currency, r.Currency)
	differ(r.StatusGiven && r.UnknownStatus == "", commission.ParamStatus, string(c.Status), string(r.Status))
	differ(r.TimeGiven && !c.OccurredAt.Equal(r.OccurredAt), commission.ParamOccurredAt, timeText(c.OccurredAt), timeText(r.OccurredAt))
	return found
}

func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// inWords returns differences as the end of a sentence.
func inWords(differs []inbound.Difference) string {
	if len(differs) == 0 {
		return ""
	}
	said := make([]string, len(differs))
	for i, d := range differs {
		said[i] = fmt.Sprintf("%s %s, recorded %s", d.Field, cmp.Or(d.Reported, "none"), cmp.Or(d.Recorded, "none"))
	}
	return "; it says otherwise: " + strings.Join(said, "; ")
}

// clashKey names the click and the player of a report.
func clashKey(again *conversion) string {
	return globalid.Hex(again.ClickID.UUID) + " " + globalid.Hex(again.PlayerID.UUID)
}

// timeOf returns the time that a report gives; nil for none.
func timeOf(r inbound.Report) *time.Time {
	if !r.TimeGiven {
		return nil
	}
	return &r.OccurredAt
}
