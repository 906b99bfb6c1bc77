package installation_test

import (
	"testing"

	"postrider/internal/installation"
	"postrider/internal/secret"
	"postrider/pgtest"
)

// A value that is changed between a rotation's read and its write keeps the change, and is
// checked again: also if it was sealed with the old key.
func TestARotationOverwritesNoChange(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	old, fresh := secret.NewKey(), secret.NewKey()
	if _, err := installation.Unlock(t.Context(), d.SQL, old, ""); err != nil {
		t.Fatal(err)
	}
	w := &writers{t: t, d: d, affiliate: pgtest.Affiliate(t, d), want: map[int64]string{}}
	w.add(ring(t, old))
	w.add(ring(t, old))
	changing := d.Begin(t)
	for i, r := range []*secret.Ring{ring(t, fresh, old), ring(t, old, fresh)} {
		if _, err := changing.ExecContext(t.Context(), `UPDATE postbacks SET signing_secret = $2 WHERE id = $1`, w.ids[i], seal(t, r, "changed")); err != nil {
			t.Fatal(err)
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, err := installation.Rotate(t.Context(), d.SQL, ring(t, fresh, old), func(installation.Progress) {})
		ended <- err
	}()
	d.UntilBlocked(t)
	if err := changing.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Client().Postback.Query().AllX(pgtest.System(t)) {
		if got, err := ring(t, fresh).Open(p.SigningSecret, secret.ForPostback); err != nil || got != "changed" {
			t.Errorf("postback %d: %q, %v", p.ID, got, err)
		}
	}
}
