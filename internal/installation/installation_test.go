package installation_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"postrider/ent/db"
	"postrider/internal/installation"
	"postrider/internal/secret"
	"postrider/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ring(t *testing.T, keys ...string) *secret.Ring {
	t.Helper()
	r, err := secret.ParseRing(strings.Join(keys, ","))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// says fails unless err contains every part and no key.
func says(t *testing.T, err error, keys []string, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it was not refused")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v\ndoes not say %q", err, part)
		}
	}
	for _, key := range keys {
		if strings.Contains(err.Error(), key) {
			t.Errorf("the error prints a key: %v", err)
		}
	}
}

func TestAnotherKeyIsRefusedFromTheFirstStartOn(t *testing.T) {
	t.Parallel()
	d, dir := pgtest.New(t), t.TempDir()
	a, b := secret.NewKey(), secret.NewKey()
	if _, err := installation.Unlock(t.Context(), d.SQL, a, dir); err != nil {
		t.Fatal(err)
	}
	_, err := installation.Unlock(t.Context(), d.SQL, b, dir)
	says(t, err, []string{a, b}, "sealed with key "+ring(t, a).IDs()[0], "the key given is "+ring(t, b).IDs()[0], "POSTRIDER_KEY")
	for _, given := range []string{a, b + "," + a, a + "," + b} {
		if got, err := installation.Unlock(t.Context(), d.SQL, given, dir); err != nil || !slices.Equal(got.IDs(), ring(t, given).IDs()) {
			t.Errorf("%v, %v", got, err)
		}
	}
}

func TestALostKeyFileMakesNoNewKey(t *testing.T) {
	t.Parallel()
	d, dir := pgtest.New(t), t.TempDir()
	made, err := installation.Unlock(t.Context(), d.SQL, "", dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := installation.Unlock(t.Context(), d.SQL, "", dir)
	if err != nil || !slices.Equal(again.IDs(), made.IDs()) {
		t.Fatalf("%v, %v, want %v", again, err, made)
	}
	lost := t.TempDir()
	_, err = installation.Unlock(t.Context(), d.SQL, "", lost)
	says(t, err, nil, "sealed with key "+made.IDs()[0], "there is no key", filepath.Join(lost, "key"))
	if left, _ := os.ReadDir(lost); len(left) > 0 {
		t.Errorf("it left %v behind", left)
	}
}

func TestAnOlderInstallationIsTakenOverOnlyWithItsKey(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	p := pgtest.Postback(t, d, pgtest.Affiliate(t, d), "https://tracker.example/")
	a, b := secret.NewKey(), secret.NewKey()
	sealed, err := ring(t, a).Seal("s3cret", secret.ForPostback)
	if err != nil {
		t.Fatal(err)
	}
	store(t, d, p, sealed[5:]) // as it was sealed before keys had ids
	_, err = installation.Unlock(t.Context(), d.SQL, b, "")
	says(t, err, []string{a, b}, "1 stored secrets (postbacks "+id(p.ID)+")", "the key given is "+ring(t, b).IDs()[0])
	_, err = installation.Unlock(t.Context(), d.SQL, "", t.TempDir())
	says(t, err, nil, "there is no key")
	if _, err := installation.Unlock(t.Context(), d.SQL, b+","+a, ""); err != nil {
		t.Fatal(err)
	}
	if n, err := installation.Rotate(t.Context(), d.SQL, ring(t, b, a), func(installation.Progress) {}); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	if got, err := ring(t, b).Open(stored(t, d, p), secret.ForPostback); err != nil || got != "s3cret" {
		t.Fatalf("%q, %v", got, err)
	}
}

// A secret that an old process sealed with the old key, after the rotation, keeps that key
// required.
func TestALateSecretKeepsItsKeyWanted(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	p := pgtest.Postback(t, d, pgtest.Affiliate(t, d), "https://tracker.example/")
	a, b := secret.NewKey(), secret.NewKey()
	both := ring(t, b, a)
	store(t, d, p, seal(t, ring(t, a), "s3cret"))
	if _, err := installation.Unlock(t.Context(), d.SQL, a, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := installation.Rotate(t.Context(), d.SQL, both, func(installation.Progress) {}); err != nil {
		t.Fatal(err)
	}
	store(t, d, p, seal(t, ring(t, a), "late"))
	_, err := installation.Unlock(t.Context(), d.SQL, b, "")
	says(t, err, []string{a, b}, "sealed with key "+ring(t, a).IDs()[0], "postbacks "+id(p.ID))
	if _, err := installation.Unlock(t.Context(), d.SQL, a, ""); err == nil {
		t.Error("the key of before opens what was sealed with the new one")
	}
	if _, err := installation.Rotate(t.Context(), d.SQL, both, func(installation.Progress) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := installation.Unlock(t.Context(), d.SQL, b, ""); err != nil {
		t.Error(err)
	}
}

func TestRotationUnderLoadLosesNothing(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	old, fresh := secret.NewKey(), secret.NewKey()
	before, both, after := ring(t, old), ring(t, fresh, old), ring(t, fresh)
	if _, err := installation.Unlock(t.Context(), d.SQL, old, ""); err != nil {
		t.Fatal(err)
	}
	w := &writers{t: t, d: d, affiliate: pgtest.Affiliate(t, d), want: map[int64]string{}}
	for range 40 {
		w.add(before)
	}
	// Processes that already seal with the new key add and change secrets until the rotation is
	// over.
	stop := w.write(both)
	if _, err := installation.Rotate(t.Context(), d.SQL, both, func(installation.Progress) {}); err != nil {
		t.Error(err)
	}
	stop()
	if _, err := installation.Unlock(t.Context(), d.SQL, fresh, ""); err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Client().Postback.Query().AllX(pgtest.System(t)) {
		if got, err := after.Open(p.SigningSecret, secret.ForPostback); err != nil || got != w.want[p.ID] {
			t.Errorf("postback %d: %q, %v, want %q", p.ID, got, err, w.want[p.ID])
		}
	}
}

func TestARotationThatWasStoppedIsStartedAgain(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	old, fresh := secret.NewKey(), secret.NewKey()
	if _, err := installation.Unlock(t.Context(), d.SQL, old, ""); err != nil {
		t.Fatal(err)
	}
	affiliate := pgtest.Affiliate(t, d)
	var last *db.Postback
	for range 5 {
		last = pgtest.Postback(t, d, affiliate, "https://tracker.example/")
		store(t, d, last, seal(t, ring(t, old), "s3cret"))
	}
	broken := seal(t, ring(t, old), "s3cret")
	broken[len(broken)-1] ^= 1
	store(t, d, last, broken)
	_, err := installation.Rotate(t.Context(), d.SQL, ring(t, fresh, old), func(installation.Progress) {})
	says(t, err, []string{old, fresh}, "postbacks.signing_secret "+id(last.ID), "was changed since")
	store(t, d, last, seal(t, ring(t, old), "s3cret"))
	if n, err := installation.Rotate(t.Context(), d.SQL, ring(t, fresh, old), func(installation.Progress) {}); err != nil || n != 5 {
		t.Fatalf("%d, %v", n, err)
	}
}

// Every column that may have something sealed is either rotated or known to have something else.
func TestEverySealedColumnIsRotated(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	want := []string{"installation.lookup_key"}
	want = append(want, installation.Columns()...)
	notSealed := []string{"api_tokens.hash", "sessions.data", "idempotency_keys.input_hash"}
	rows, err := d.SQL.QueryContext(t.Context(), `
		SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND data_type = 'bytea' AND table_name NOT LIKE 'river%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(want, name) && !slices.Contains(notSealed, name) {
			t.Errorf("%s is neither rotated nor known to hold no secret", name)
		}
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
}
