package graph_test

import (
	"testing"

	"postrider/internal/viewer"
	"postrider/pgtest"
)

func TestSignInShowsTheViewerWhole(t *testing.T) {
	t.Parallel()
	a := newAPI(t)
	id := pgtest.Affiliate(t, a.db)
	u := a.user(t, viewer.Affiliate, id)
	res := a.ask(t, nobody, `mutation($e: String!, $p: String!) { signIn(input: {email: $e, password: $p}) {
		viewer { user { email affiliate { name } } affiliate { name } apiTokens { id } echoUrl scopes } userErrors { message } } }`,
		vars{"e": u.Email, "p": password})
	if res.at(t, "signIn", "viewer", "affiliate", "name") == nil || res.at(t, "signIn", "viewer", "echoUrl") == nil {
		t.Errorf("%s", res.body)
	}
}
