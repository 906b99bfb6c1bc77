package main

import (
	"strings"
	"testing"

	"postrider/internal/secret"
	"postrider/pgtest"
)

func TestKeysAreShownAndRotated(t *testing.T) {
	t.Parallel()
	db := "--database-url=" + pgtest.New(t).URL
	a, b := secret.NewKey(), secret.NewKey()
	name := func(key string) string {
		ring, err := secret.ParseRing(key)
		if err != nil {
			t.Fatal(err)
		}
		return ring.IDs()[0]
	}
	for _, step := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"key", "show", "--key=" + a}, 0, []string{name(a) + "  0        seals"}},
		{[]string{"key", "rotate", "--key=" + b}, 1, []string{"sealed with key " + name(a), "the key given is " + name(b)}},
		{[]string{"serve", "--key=" + b, "--addr=127.0.0.1:0"}, 1, []string{"sealed with key " + name(a)}},
		{[]string{"work", "--key=" + b}, 1, []string{"sealed with key " + name(a)}},
		{[]string{"demo", "--key=" + b}, 1, []string{"sealed with key " + name(a)}},
		{[]string{"serve", "--data=" + t.TempDir(), "--addr=127.0.0.1:0"}, 1, []string{"sealed with key " + name(a), "there is no key"}},
		{[]string{"key", "rotate", "--key=" + b + "," + a}, 0, []string{"Every secret is sealed with key " + name(b)}},
		{[]string{"key", "show", "--key=" + b}, 0, []string{name(b)}},
		{[]string{"key", "show", "--key=" + a}, 1, []string{"sealed with key " + name(b)}},
	} {
		out, errs, code := postrider(t, append(step.args, db)...)
		if code != step.code {
			t.Errorf("%q: code %d, want %d", step.args, code, step.code)
		}
		for _, text := range step.says {
			if !strings.Contains(out+errs, text) {
				t.Errorf("%q does not say %q: %s%s", step.args, text, out, errs)
			}
		}
		if strings.Contains(out+errs, a) || strings.Contains(out+errs, b) {
			t.Errorf("%q prints a key: %s%s", step.args, out, errs)
		}
	}
	if out, _, code := postrider(t, "key", "new"); code != 0 || strings.Contains(out, ",") || name(out) == "" {
		t.Errorf("a new key: %d %q", code, out)
	}
}
