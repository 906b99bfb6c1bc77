package main

import (
	"encoding/json"
	"strings"
	"testing"

	"postrider/pgtest"
)

// However often the demo's JSON is printed, there is one token for each user, and the links are
// those of the running process, wherever it listens.
func TestDemoJSONIsPrintedAgain(t *testing.T) {
	t.Parallel()
	addr, d := freeAddr(t), pgtest.Empty(t)
	flags := []string{"--database-url=" + d.URL, "--data=" + t.TempDir()}
	startProgram(t, append([]string{"all", "--demo", "--demo-clicks=300", "--demo-rate=0", "--addr=" + addr}, flags...), "Operators report")
	demo := func() (printed demoJSON) {
		out, errs, code := postrider(t, append([]string{"demo", "--json"}, flags...)...)
		if code != 0 {
			t.Fatalf("%d %s", code, errs)
		}
		if err := json.Unmarshal([]byte(out), &printed); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		return printed
	}
	tokens := func() (n int) {
		if err := d.SQL.QueryRowContext(t.Context(), "SELECT count(*) FROM api_tokens").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := demo()
	made := tokens()
	second := demo()
	if tokens() != made || made != len(first.Users) {
		t.Errorf("%d users have %d tokens, and %d after another call", len(first.Users), made, tokens())
	}
	p := &program{url: "http://" + addr}
	var viewer struct{ Viewer struct{ Role string } }
	p.query(t, second.Users[0].Token, "{ viewer { role } }", &viewer)
	if !strings.EqualFold(viewer.Viewer.Role, second.Users[0].Role) {
		t.Errorf("the new token is of a %s, want %s", viewer.Viewer.Role, second.Users[0].Role)
	}
	if want := "http://" + addr + "/c/" + second.Links[0].Code; second.Links[0].URL != want {
		t.Errorf("the link is %s, want %s", second.Links[0].URL, want)
	}
}
