package graph_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"postrider/graph"
	"postrider/internal/viewer"
)

const tokensFile = "testdata/tokens.txt"

// The table in testdata has the outcome of every mutation with an admin's tokens with one scope
// each, without any, with all, and in a session. A new mutation fails until it has a row.
func TestTokenTable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.user(t, viewer.Admin, 0).Email
	columns := []string{"none"}
	through := map[string]who{"none": w.token(t, admin, "read"), "session": w.session(t, w.user(t, viewer.Admin, 0).Email), "all": w.token(t, admin)}
	// A token without any scope can no longer be created; there may be old ones.
	_, err := w.db.SQL.ExecContext(t.Context(), "UPDATE api_tokens SET scopes = '[]' WHERE scopes = '[\"read\"]'")
	must(t, err)
	for _, s := range viewer.Scopes() {
		columns = append(columns, string(s))
		through[string(s)] = w.token(t, admin, string(s))
	}
	columns = append(columns, "all", "session")
	var b strings.Builder
	b.WriteString("# What an admin gets done through a token with one scope alone, with none, with all, and in a session.\n" +
		"# denied: an error says so; refused: userErrors, as nothing of the kind is the admin's own; done.\n" +
		"# Printed by `go test ./graph -run TestTokenTable -update-authorization`; read each line that changes.\n\n")
	b.WriteString(line("# Mutation", strings.Join(columns, " ")) + "\n")
	for _, f := range graph.Schema(&graph.Resolver{}).Schema().Mutation.Fields {
		try, ok := mutations[f.Name]
		if !ok {
			t.Errorf("say in mutations how %s is tried", f.Name)
			continue
		}
		var says []string
		for _, column := range columns {
			asking := through[column]
			if column == "session" && slices.Contains(ownSession, f.Name) {
				asking = w.session(t, w.a.user.Email) // which each of these ends
			}
			says = append(says, string(w.mutate(t, f.Name, try, asking)))
		}
		b.WriteString(line(f.Name, strings.Join(says, " ")) + "\n")
	}
	if *updateAuthorization {
		must(t, os.WriteFile(tokensFile, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(tokensFile)
	must(t, err)
	for l := range strings.Lines(b.String()) {
		if !strings.Contains(string(want), l) {
			t.Errorf("%s does not say:\n%s", tokensFile, l)
		}
	}
	if len(want) != b.Len() {
		t.Errorf("%s has %d bytes, and would have %d: a mutation has gone", tokensFile, len(want), b.Len())
	}
}

// Users with the full rights of their role can only be created in a session.
func TestNoTokenMakesAUserOrSetsAPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.user(t, viewer.Admin, 0)
	root, session := w.token(t, admin.Email), w.session(t, admin.Email)
	for _, m := range []string{
		`createUser(input: {email: "eve@evil.example", role: ADMIN}) { password }`,
		fmt.Sprintf(`resetPassword(input: {id: %q}) { password }`, w.a.user.GlobalID()),
		fmt.Sprintf(`setUserDisabled(input: {id: %q, disabled: false}) { user { id } }`, w.a.user.GlobalID()),
		fmt.Sprintf(`changePassword(input: {currentPassword: %q, newPassword: "another fine password"}) { viewer { role } }`, password),
	} {
		if res := w.post(t, root, "mutation { "+m+" }", nil); !res.refused() {
			t.Errorf("a token with every scope: %s gives %s", m, res.body)
		}
	}
	if res := w.post(t, session, `mutation { createUser(input: {email: "ann@new.example", role: ADMIN}) { password } }`, nil); res.at(t, "createUser", "password") == nil {
		t.Errorf("a session: %s", res.body)
	}
}

// A user who is disabled and enabled again has to sign in again, everywhere.
func TestADisabledUserComesBackWithNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.session(t, w.user(t, viewer.Admin, 0).Email)
	session, token := w.session(t, w.a.user.Email), w.token(t, w.a.user.Email)
	for _, disabled := range []bool{true, false} {
		res := w.post(t, admin, fmt.Sprintf(`mutation { setUserDisabled(input: {id: %q, disabled: %v}) { user { id } userErrors { message } } }`, w.a.user.GlobalID(), disabled), nil)
		if res.at(t, "setUserDisabled", "user") == nil {
			t.Fatal(res.body)
		}
	}
	if res := w.post(t, session, "{ viewer { role } }", nil); res.at(t, "viewer") != nil {
		t.Errorf("the old cookie opens: %s", res.body)
	}
	if res := w.post(t, token, "{ viewer { role } }", nil); len(res.Errors) == 0 {
		t.Errorf("the old token opens: %s", res.body)
	}
	w.session(t, w.a.user.Email)
}

// A token without `read` sees what it changed, and nothing of others.
func TestATokenWithoutReadSeesWhatItChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	writer := w.token(t, w.a.user.Email, "write")
	campaign := func(selection string) *response {
		return w.post(t, writer, fmt.Sprintf(`mutation { updateCampaign(input: {id: %q, name: "Mine"}) { campaign { %s } userErrors { message } } }`, w.a.ids["Campaign"][0], selection), nil)
	}
	if res := campaign("id name createdAt"); len(res.Errors) > 0 || res.at(t, "updateCampaign", "campaign", "name") != "Mine" {
		t.Errorf("its own fields: %s", res.body)
	}
	for _, selection := range []string{"offer { name }", "affiliate { name }"} {
		if res := campaign("id " + selection); !res.refused() || strings.Contains(res.body, `"name"`) {
			t.Errorf("%s: %s", selection, res.body)
		}
	}
	reader := w.token(t, w.a.user.Email, "write", "read")
	if res := w.post(t, reader, fmt.Sprintf(`mutation { updateCampaign(input: {id: %q, name: "Mine"}) { campaign { offer { name } } } }`, w.a.ids["Campaign"][0]), nil); len(res.Errors) > 0 {
		t.Errorf("with read: %s", res.body)
	}
	if res := w.post(t, w.token(t, w.a.user.Email, "secrets"), "{ viewer { role user { email affiliate { name } } } }", nil); !res.refused() || res.at(t, "viewer", "user", "email") != w.a.user.Email {
		t.Errorf("who it is: %s", res.body)
	}
}

// The secret that signs a postback is for viewers who may change it, and for tokens only with
// the scope for it.
func TestASigningSecretNeedsItsScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.postback(t, w.a)
	res := w.post(t, w.session(t, w.a.user.Email), fmt.Sprintf(`mutation { updatePostback(input: {id: %q, method: POST}) { postback { id } userErrors { message } } }`, p.GlobalID()), nil)
	if res.at(t, "updatePostback", "postback") == nil {
		t.Fatal(res.body)
	}
	query := fmt.Sprintf(`{ node(id: %q) { ... on Postback { name signingSecret } } }`, p.GlobalID())
	for name, c := range map[string]struct {
		who          who
		shown, fails bool
	}{
		"a session":              {w.session(t, w.a.user.Email), true, false},
		"a token that may read":  {w.token(t, w.a.user.Email, "read", "write"), false, true},
		"a token that may":       {w.token(t, w.a.user.Email, "read", "secrets"), true, false},
		"another affiliate's":    {w.token(t, w.b.user.Email), false, false},
		"staff":                  {w.session(t, w.user(t, viewer.Manager, 0).Email), true, false},
		"a token of the staff's": {w.token(t, w.user(t, viewer.Manager, 0).Email, "read"), false, true},
	} {
		res := w.post(t, c.who, query, nil)
		if shown := strings.Contains(res.body, "whsec_"); shown != c.shown || res.refused() != c.fails {
			t.Errorf("%s: %s", name, res.body)
		}
	}
}
