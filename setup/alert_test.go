package setup_test

import (
	"testing"
	"time"

	"postrider/domain/doctor"
	"postrider/internal/globalid"
	"postrider/internal/problem"
	"postrider/pgtest"
)

func TestADismissedAlertIsOutOfSightAndInTheAuditLogOnce(t *testing.T) {
	w := newWorld(t)
	id := pgtest.ID(t)
	w.must(w.client.Alert.Create().SetID(id).SetAffiliateID(w.one.Affiliate).SetKind(doctor.AlertFailing).SetPostbackID(w.postback().ID).
		SetMessage("It fails.").SetRaisedAt(pgtest.Now.Add(-time.Hour)).Exec(w.system))
	_, err := w.setup.DismissAlert(w.otherCtx, id)
	if p := problem.From(err); p == nil || p.Code != problem.CodeNotFound {
		t.Errorf("another's: %v", err)
	}
	for range 2 {
		a, err := w.setup.DismissAlert(w.oneCtx, id)
		if w.must(err); a.DismissedAt == nil || !a.DismissedAt.Equal(pgtest.Now) {
			t.Errorf("%+v", a)
		}
	}
	entries := w.client.AuditEntry.Query().AllX(w.system)
	last := entries[len(entries)-1]
	if len(entries) != 2 || last.Action != "update" || last.Entity != "alert" || last.EntityID != globalid.Hex(id) ||
		*last.AffiliateID != w.one.Affiliate || last.Before["dismissed_at"] != nil || last.After["dismissed_at"] == nil {
		t.Errorf("%d entries, the last %v: %v → %v", len(entries), last, last.Before, last.After)
	}
}
