package intake

import (
	"errors"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/inbound"
	"postrider/idempotency"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/internal/problem"
)

// Outcome is the result of a report.
type Outcome struct {
	Result       Result
	ConversionID uuid.UUID
	Reason       string               // one sentence
	Cause        inbound.Cause        // of that; empty where nothing was wrong
	Differs      []inbound.Difference // what was reported otherwise than it is recorded, or was until now
}

// entry is a report on its way into the database, and its outcome.
type entry struct {
	integration *integration
	report      inbound.Report
	call        *inbound.Call // nil if it was not an operator's call
	notes       []string      // what was tolerated in the call
	now         time.Time
	receivedAt  time.Time         // if it waited for staff; zero for now
	repeatable  *idempotency.Call // that reports it; nil if it has no key

	who        attribution
	affiliate  ids.Affiliate // whose click, player or conversion it names; zero if none is known
	goal       *goal
	unlisted   string        // a note on parameters that the dictionary does not list for the goal
	repeats    uuid.NullUUID // the recorded conversion that it repeats, if that is known before it is inserted
	apartFrom  uuid.NullUUID // the conversion that has its transaction, if staff said that this is another event
	conversion *conversion
	isNew      bool
	disputed   bool // it clashes with the recorded conversion, or did until staff decided
	bindless   bool // it binds no player to its click: it changes nothing that its call may change

	outcome Outcome
	illegal *problem.Error // set if the requested step is not legal
}

// key returns the sort key of entries, which is the same in every process.
func (e *entry) key() string {
	return e.report.ClickID + "\x00" + e.report.PlayerID + "\x00" + e.report.Goal + "\x00" + e.report.TransactionID
}

// transaction returns the name of the lock of a report's transaction; empty if it has none.
func (e *entry) transaction() string {
	if e.report.TransactionID == "" {
		return ""
	}
	return pg.LockTransaction.Of(e.integration.ID, e.report.Goal, e.report.TransactionID)
}

// bindsWrongly reports whether an entry may have bound its player to its click, although it clashes
// or is refused.
func (e *entry) bindsWrongly() bool {
	return !e.bindless && (e.disputed || e.illegal != nil) && e.report.PlayerID != "" && e.who.by == AttributedByClick
}

// refused keeps the reason why a step is not legal; other errors are returned.
func (e *entry) refused(err error) error {
	illegal, ok := errors.AsType[*problem.Error](err)
	if !ok || illegal.Code != problem.CodeInvalid {
		return err
	}
	e.illegal = illegal
	return nil
}

// keepDone writes down what became of the report, if it has an idempotency key.
func (e *entry) keepDone(ch *changes) error {
	if e.illegal != nil {
		return nil //nolint:nilerr // nothing was done
	}
	done := idempotency.Done{Result: string(e.outcome.Result)}
	if e.outcome.ConversionID != uuid.Nil {
		done.IDs = []string{globalid.UUID("Conversion", e.outcome.ConversionID)}
	}
	return e.repeatable.Done(ch.tx, done)
}

// answer returns the answer to the operator.
func (e *entry) answer() Answer {
	a := answer(e.outcome.Result, e.outcome.Cause, "%s", e.outcome.Reason)
	a.Differs = e.outcome.Differs
	a.integrationID, a.notes, a.affiliate, a.logged = e.integration.ID, slices.Clone(e.notes), e.affiliate, true
	if e.unlisted != "" {
		a.notes = append(a.notes, e.unlisted)
	}
	if id := e.outcome.ConversionID; id != uuid.Nil {
		a.ConversionID, a.conversion = globalid.Hex(id), uuid.NullUUID{UUID: id, Valid: true}
	}
	return a
}
