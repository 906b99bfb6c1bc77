package setup_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postrider/domain/inbound"
	"postrider/ent/db/integrationsecret"
	"postrider/internal/secret"
	"postrider/pgtest"
)

// given is a secret that was issued, and when it expires.
type given struct {
	value string
	ends  time.Time // zero for not yet
}

// However often an integration's secrets are rotated: of each kind the newest is valid and
// shown, the previous one is valid for the overlap and no longer, and no other is.
func TestAIntegrationHasItsNewestSecretAndForAWhileTheOneBefore(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		now := pgtest.Now
		w.setup.Now = func() time.Time { return now }
		in := pgtest.Integration(t, w.d, w.one.Offer)
		all := map[string][]given{"token": {{value: in.Token}}, "hmac": {{value: in.HMAC}}}
		for range rapid.IntRange(1, 5).Draw(rt, "changes") {
			now = now.Add(time.Duration(rapid.IntRange(0, 4).Draw(rt, "hours later")) * time.Hour)
			kind := rapid.SampledFrom([]string{"token", "hmac"}).Draw(rt, "kind")
			overlap := time.Duration(rapid.IntRange(0, 6).Draw(rt, "overlap")) * time.Hour
			_, value, err := w.setup.RotateSecret(w.staff, in.ID, kind, overlap)
			w.must(err)
			for i, old := range all[kind] {
				ends := now
				if i == len(all[kind])-1 {
					ends = now.Add(overlap)
				}
				if old.ends.IsZero() || old.ends.After(ends) {
					all[kind][i].ends = ends
				}
			}
			all[kind] = append(all[kind], given{value: value})
			w.hasSecrets(rt, in.ID, all)
		}
	})
}

func (w *world) hasSecrets(rt *rapid.T, integrationID int64, want map[string][]given) {
	for _, kind := range inbound.SecretKinds() {
		var got []given
		for _, row := range w.client.IntegrationSecret.Query().Where(integrationsecret.IntegrationID(integrationID), integrationsecret.Kind(string(kind))).Order(integrationsecret.ByID()).AllX(w.system) {
			value, err := pgtest.Key(w.t).Open(row.Sealed, secret.ForIntegration)
			w.must(err)
			g := given{value: value}
			if row.ExpiresAt != nil {
				g.ends = row.ExpiresAt.UTC()
			}
			got = append(got, g)
		}
		if !slices.Equal(got, want[string(kind)]) {
			rt.Fatalf("the %ss are %v, want %v", kind, got, want[string(kind)])
		}
		if _, shown, err := w.setup.Reveal(w.staff, integrationID, string(kind)); err != nil || shown != got[len(got)-1].value {
			rt.Fatalf("%s %q is shown, want the newest, %q: %v", kind, shown, got[len(got)-1].value, err)
		}
	}
}

// A postback signs with its newest secret, and with the previous one for the overlap.
func TestAPostbackSignsWithItsNewestSecretAndForAWhileWithTheOneBefore(t *testing.T) {
	w := newWorld(t)
	open := func(sealed []byte) string {
		t.Helper()
		value, err := pgtest.Key(t).Open(sealed, secret.ForPostback)
		w.must(err)
		return value
	}
	p := w.postback()
	seen := []string{open(p.SigningSecret)}
	for i, overlap := range []time.Duration{time.Hour, 30 * 24 * time.Hour, 0, time.Minute} {
		rotated, err := w.setup.RotateSigningSecret(w.oneCtx, p.ID, overlap)
		w.must(err)
		now := open(rotated.SigningSecret)
		if slices.Contains(seen, now) || rotated.Version != 1 {
			t.Errorf("change %d: the secret was there before, or makes version %d", i, rotated.Version)
		}
		before := seen[len(seen)-1]
		switch until := rotated.RetiredSigningSecretUntil; {
		case overlap == 0:
			if old := rotated.RetiredSigningSecret; old != nil && len(*old) > 0 || until != nil {
				t.Errorf("change %d: without an overlap the old one is good until %v", i, until)
			}
		case open(*rotated.RetiredSigningSecret) != before || !until.Equal(pgtest.Now.Add(overlap)):
			t.Errorf("change %d: what signs beside it is not the one before, or until %v", i, until)
		}
		seen = append(seen, now)
	}
	if n := len(w.versions(p.ID)); n != 1 {
		t.Errorf("a new secret made %d versions", n)
	}
}
