package intake_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/intake"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/problem"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

func TestAConversionsLifeIsKeptStepByStep(t *testing.T) {
	w := setup(t)
	click := "&click_id=" + w.click()
	a := w.report("goal=cpa&amount=25.5&status=pending&occurred_at=2026-06-11T10:00:00Z"+click, intake.Recorded)
	w.report("goal=cpa&status=pending"+click, intake.Duplicate)
	w.report("goal=cpa"+click, intake.Duplicate) // without a status nothing changes
	w.report("goal=cpa&status=approved&amount=30&occurred_at=2026-06-12T09:00:00Z"+click, intake.Updated)
	w.report("goal=cpa&status=rejected"+click, intake.Updated)
	w.report("goal=cpa&status=approved"+click, intake.Updated)

	events := w.events(a)
	if len(events) != 4 {
		t.Fatalf("%d steps", len(events))
	}
	for i, want := range []struct {
		previous, status, amount, payout, date string
	}{
		{"", "pending", "25.50", "120.00", "2026-06-11T10:00:00Z"},
		{"pending", "approved", "30.00", "120.00", "2026-06-11T10:00:00Z"},
		{"approved", "rejected", "30.00", "0.00", "2026-06-11T10:00:00Z"},
		{"rejected", "approved", "30.00", "120.00", "2026-06-11T10:00:00Z"},
	} {
		e := events[i]
		if got := e.Macros["previous_status"]; got != want.previous {
			t.Errorf("step %d: previous_status is %q, want %q", i, got, want.previous)
		}
		if e.PreviousStatus != nil && string(*e.PreviousStatus) != want.previous || (e.PreviousStatus == nil) != (want.previous == "") {
			t.Errorf("step %d: comes from %v", i, e.PreviousStatus)
		}
		if e.Macros["status"] != want.status || e.Macros["amount"] != want.amount || e.Macros["payout"] != want.payout || e.Macros["date"] != want.date {
			t.Errorf("step %d: %v, want %+v", i, e.Macros, want)
		}
		if string(e.Status) != want.status || commission.FormatAmount(*e.Amount) != want.amount || e.Actor != "operator" {
			t.Errorf("step %d: %+v", i, e)
		}
	}
	if !events[1].OccurredAt.Equal(time.Date(2026, 6, 12, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("the second step was at %s", events[1].OccurredAt)
	}
	if c := w.conversion(a); c.Status != "approved" || c.Amount.String() != "30" || c.Payout.String() != "120" {
		t.Errorf("in the end: %+v", c)
	}
}

func TestStaffMoveAConversionWithAReason(t *testing.T) {
	w := setup(t)
	user := pgtest.User(t, w.d, viewer.Manager, 0)
	a := w.report("goal=ftd&amount=10&click_id="+w.click(), intake.Recorded)
	id := w.conversion(a).ID
	out, err := w.in.Move(t.Context(), id, intake.Move{
		To: commission.Cancelled, Reason: "charge\x00back", Amount: decimal.NewNullDecimal(decimal.NewFromInt(7)), Actor: commission.ByStaff, UserID: ids.User(user),
	})
	if err != nil || out.Result != intake.Updated || out.ConversionID != id {
		t.Fatalf("%+v, %v", out, err)
	}
	e := w.events(a)[1]
	if e.Reason != "charge\uFFFDback" || e.Macros["reason"] != e.Reason || e.Macros["amount"] != "7.00" || e.Actor != "staff" || *e.UserID != user {
		t.Errorf("%+v", e)
	}
	out, err = w.in.Move(t.Context(), id, intake.Move{To: commission.Cancelled, Actor: commission.ByStaff})
	if err != nil || out.Result != intake.Duplicate {
		t.Errorf("the same again: %+v, %v", out, err)
	}
	if _, err = w.in.Move(t.Context(), id, intake.Move{To: "lost"}); problem.CodeOf(err) != problem.CodeInvalid {
		t.Errorf("to no status at all: %v", err)
	}
	if _, err = w.in.Move(t.Context(), uuid.Must(uuid.NewV4()), intake.Move{To: commission.Approved}); problem.CodeOf(err) != problem.CodeNotFound {
		t.Errorf("of no conversion at all: %v", err)
	}
}

// A failed read is not reported as a missing row.
func TestAReadThatFailsSaysThatItFailed(t *testing.T) {
	w := setup(t)
	id := w.conversion(w.report("goal=ftd&amount=10&click_id="+w.click(), intake.Recorded)).ID
	for _, c := range []struct{ change, want string }{
		{`ALTER TABLE goals RENAME TO lost`, `reading goal "ftd": `},
		{`ALTER TABLE lost RENAME TO goals`, ""},
		{`ALTER TABLE conversions RENAME TO lost`, "does not exist"},
	} {
		w.exec(c.change)
		w.in.Forget()
		_, err := w.in.Move(t.Context(), id, intake.Move{To: commission.Cancelled, Actor: commission.ByStaff})
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || problem.CodeOf(err) == problem.CodeNotFound || errors.Is(err, sql.ErrNoRows)) {
			t.Errorf("%s: %v, want %q", c.change, err, c.want)
		}
		if c.want == "" {
			continue
		}
		_, err = w.office().ImportStatuses(t.Context(), "conversion_id,status\n"+globalid.Hex(id)+",rejected", true, intake.Move{Actor: commission.ByStaff})
		if err == nil || errors.Is(err, sql.ErrNoRows) {
			t.Errorf("%s: a line of a file: %v", c.change, err)
		}
	}
}

func TestAMoveThatTheGoalForbidsIsRefused(t *testing.T) {
	w := setup(t)
	w.exec(`UPDATE goals SET reversible = false, statuses = '["pending","approved","rejected"]' WHERE key = 'kyc'`)
	click := "&click_id=" + w.click()
	a := w.report("goal=kyc"+click, intake.Recorded)
	for _, status := range []string{"rejected", "cancelled"} {
		got := w.report("goal=kyc&status="+status+click, intake.Invalid)
		if len(got.Errors) != 1 || got.Errors[0].Field != "status" || w.last().Result != "invalid" {
			t.Errorf("%s: %+v", status, got)
		}
	}
	w.report("goal=kyc&player_id=9&status=cancelled", intake.Invalid) // nor can it be its first status
	if c := w.conversion(a); c.Status != "approved" || len(w.events(a)) != 1 {
		t.Errorf("%+v", c)
	}
}

func TestStaffReportAConversion(t *testing.T) {
	w := setup(t)
	user := pgtest.User(t, w.d, viewer.Manager, 0)
	report := inbound.Report{Goal: "ftd", ClickID: w.click(), Actor: commission.ByStaff, UserID: ids.User(user), Reason: "by e-mail"}
	out, err := w.in.Report(t.Context(), w.Integration.Key, report)
	if err != nil || out.Result != intake.Recorded {
		t.Fatalf("%+v, %v", out, err)
	}
	c, err := w.client.Conversion.Get(w.ctx, out.ConversionID)
	if err != nil || c.Status != commission.Approved || c.Currency != "EUR" {
		t.Errorf("%+v, %v", c, err)
	}
	if again, err := w.in.Report(t.Context(), w.Integration.Key, report); err != nil || again.Result != intake.Duplicate {
		t.Errorf("%+v, %v", again, err)
	}
	for name, bad := range map[string]struct {
		integration string
		report      inbound.Report
		fields      int
	}{
		"an unknown integration":    {"nobody", report, 1},
		"an integration of no name": {"a\x00", report, 1},
		"nothing":                   {w.Integration.Key, inbound.Report{}, 2},
		"an id that is no text":     {w.Integration.Key, inbound.Report{Goal: "ftd", PlayerID: "a\x00b"}, 1},
		"a goal that is none":       {w.Integration.Key, inbound.Report{Goal: "x\xff", PlayerID: "1"}, 1},
	} {
		_, err := w.in.Report(t.Context(), bad.integration, bad.report)
		problems := problem.All(err)
		if len(problems) != bad.fields {
			t.Errorf("%s: %v", name, err)
		}
		for _, p := range problems {
			if want := map[bool]problem.Code{true: problem.CodeNotFound, false: problem.CodeInvalid}[name == "an unknown integration"]; p.Code != want || len(p.Field) == 0 {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
	if n := w.count(`SELECT count(*) FROM received_postbacks`); n != 0 {
		t.Errorf("staff's reports are no operators' calls: %d entries", n)
	}
}
