package setup_test

import (
	"slices"
	"strings"
	"testing"
)

func TestAHoldBeginsOnceAndIsResumed(t *testing.T) {
	w := newWorld(t)
	at := func(when string, on bool, note string) {
		t.Helper()
		hold, err := w.setup.Hold(t.Context())
		if w.must(err); hold.On() != on || hold.Note != note {
			t.Errorf("%s: %+v", when, hold)
		}
	}
	at("first", false, "")
	note := strings.Repeat("é", 200)
	first, err := w.setup.SetHold(w.staff, true, note)
	w.must(err)
	at("asked for", true, note)
	second, err := w.setup.SetHold(w.staff, true, "again")
	if w.must(err); second != first {
		t.Errorf("asked for again it is %+v, was %+v", second, first)
	}
	at("asked for again", true, note)
	resumed, err := w.setup.SetHold(w.staff, false, "")
	if w.must(err); resumed.On() {
		t.Errorf("resumed it is %+v", resumed)
	}
	at("resumed", false, "")
	var acts []string
	for _, e := range w.audit("installation") {
		acts = append(acts, e.Action)
	}
	if !slices.Equal(acts, []string{"hold", "hold", "resume"}) {
		t.Errorf("the audit log has %q", acts)
	}
}

func TestAHoldOfASettingIsNotResumed(t *testing.T) {
	w := newWorld(t)
	_, err := w.d.SQL.ExecContext(t.Context(), `UPDATE installation SET hold_reason = 'setting', hold_since = now(), setting_until = now() + interval '1 hour'`)
	w.must(err)
	w.refuses(map[string]refusal{
		"while it runs": {"CONFLICT", func() error { _, err := w.setup.SetHold(w.staff, false, ""); return err }},
	})
}
