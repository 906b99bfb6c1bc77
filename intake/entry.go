package intake

import (
	"errors"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/inbound"
	"postrider/internal/globalid"
	"postrider/internal/problem"
)

// Outcome is what became of a report.
type Outcome struct {
	Result       Result
	ConversionID uuid.UUID
	Reason       string // one sentence
}

// entry is a report on its way into the database, and what became of it.
type entry struct {
	integration *integration
	report      inbound.Report
	call        *inbound.Call // nil where it did not come as an operator's call
	now         time.Time

	who        attribution
	goal       *goal
	conversion *conversion
	isNew      bool

	outcome Outcome
	illegal *problem.Error // the step that it asked for is not legal
}

// key puts entries into one order for everybody.
func (e *entry) key() string {
	return e.report.ClickID + "\x00" + e.report.PlayerID + "\x00" + e.report.Goal + "\x00" + e.report.TransactionID
}

// refused keeps why a step is not legal; another error stays one.
func (e *entry) refused(err error) error {
	illegal, ok := errors.AsType[*problem.Error](err)
	if !ok || illegal.Code != problem.CodeInvalid {
		return err
	}
	e.illegal = illegal
	return nil
}

// answer is what the operator is told of an entry.
func (e *entry) answer() Answer {
	a := answer(e.outcome.Result, "%s", e.outcome.Reason)
	a.ConversionID, a.integrationID = globalid.Hex(e.outcome.ConversionID), e.integration.ID
	a.conversion = uuid.NullUUID{UUID: e.outcome.ConversionID, Valid: true}
	return a
}
