package main

import (
	"bytes"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"postrider/internal/globalid"
	"postrider/pgtest"
)

// withInput runs the program as a shell would with piped input.
func withInput(t *testing.T, input string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(input), &out, &errs)
	return out.String(), errs.String(), code
}

// signsIn reports whether a password opens a session over the real API.
func signsIn(t *testing.T, app *App, email, password string) bool {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Jar: jar}
	body := `{"query":"mutation {signIn(input: {email: \"` + email + `\", password: \"` + password + `\"}) {viewer {user {email}} userErrors {message}}}"}`
	res, err := client.Post(app.URL()+"/graphql", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var text bytes.Buffer
	if _, err := text.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return strings.Contains(text.String(), `"viewer":{"user":{"email":"`+email+`"}}`)
}

func TestUserAndToken(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	flags := []string{"--database-url=" + db.URL, "--data=" + t.TempDir()}
	app := startApp(t, flags...)
	var affiliate int64
	if err := db.SQL.QueryRowContext(t.Context(), `INSERT INTO affiliates (name, echo_key, created_at) VALUES ('A', 'a', now()) RETURNING id`).Scan(&affiliate); err != nil {
		t.Fatal(err)
	}
	create := func(input string, args ...string) (string, string, int) {
		return withInput(t, input, append(append([]string{"user", "create"}, args...), flags...)...)
	}
	t.Run("twice", func(t *testing.T) {
		create("correct horse battery\n", "--email=twice@staff.example", "--role=manager")
		_, errs, code := create("correct horse battery\n", "--email=Twice@staff.example", "--role=manager")
		if code != 1 || !strings.Contains(errs, `"error":"email: there is already a user with the e-mail address twice@staff.example"`) {
			t.Errorf("%d %s", code, errs)
		}
	})
	t.Run("with a password that is piped in", func(t *testing.T) {
		out, errs, code := create("correct horse battery\n", "--email=Ann@staff.example", "--role=manager")
		if code != 0 || out != "Created ann@staff.example.\n" || !signsIn(t, app, "ann@staff.example", "correct horse battery") {
			t.Errorf("%d %s%s", code, out, errs)
		}
	})
	t.Run("with one that is made", func(t *testing.T) {
		out, errs, code := create("", "--email=bob@a.example", "--role=affiliate", "--affiliate="+globalid.Int("Affiliate", affiliate))
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if code != 0 || !signsIn(t, app, "bob@a.example", lines[len(lines)-1]) {
			t.Errorf("%d %s%s", code, out, errs)
		}
	})
	t.Run("what is wrong is named", func(t *testing.T) {
		for want, args := range map[string][]string{
			"there is already a user with the e-mail address ann@staff.example": {"--email=ann@staff.example", "--role=admin"},
			"choose the affiliate of the user":                                  {"--email=c@a.example", "--role=affiliate"},
			"there is no such affiliate":                                        {"--email=c@a.example", "--role=affiliate", "--affiliate=999"},
			"is not an e-mail address":                                          {"--email=nobody", "--role=admin"},
			"is not an affiliate's id":                                          {"--email=c@a.example", "--role=affiliate", "--affiliate=x"},
			`must be one of "admin","manager","affiliate"`:                      {"--email=c@a.example", "--role=king"},
		} {
			if out, errs, code := create("", args...); code == 0 || out != "" || !strings.Contains(strings.ReplaceAll(errs, `\"`, `"`), want) {
				t.Errorf("%q: %d %s%s", args, code, out, errs)
			}
		}
		if _, errs, code := create("short\n", "--email=c@a.example", "--role=admin"); code != 1 || !strings.Contains(errs, "use at least 10") {
			t.Errorf("%d %s", code, errs)
		}
	})
	t.Run("a token is printed alone, and works", func(t *testing.T) {
		out, errs, code := withInput(t, "", append([]string{"token", "create", "--email=bob@a.example", "--name=stats", "--scopes=read"}, flags...)...)
		if code != 0 {
			t.Fatalf("%d %s", code, errs)
		}
		var got struct {
			Viewer struct {
				User   struct{ Email string }
				Scopes []string
			}
		}
		(&program{url: app.URL()}).query(t, strings.TrimSuffix(out, "\n"), `{viewer {user {email} scopes}}`, &got)
		if got.Viewer.User.Email != "bob@a.example" || len(got.Viewer.Scopes) != 1 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("nobody gets a token of nobody", func(t *testing.T) {
		_, errs, code := withInput(t, "", append([]string{"token", "create", "--email=x@a.example", "--name=stats"}, flags...)...)
		if code != 1 || !strings.Contains(errs, "there is no user with the e-mail address x@a.example") {
			t.Errorf("%d %s", code, errs)
		}
	})
	t.Run("an old database says what it lacks", func(t *testing.T) {
		_, errs, code := withInput(t, "", "token", "create", "--email=a@b.example", "--name=x", "--database-url="+pgtest.Empty(t).URL, "--data="+t.TempDir())
		if code != 1 || !strings.Contains(errs, "postrider migrate up") {
			t.Errorf("%d %s", code, errs)
		}
	})
}
