package account_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"postrider/account"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/viewer"
)

// Staff who view as an affiliate see what it sees, and change nothing; nobody else can view as
// another affiliate.
func TestStaffViewAsAnAffiliate(t *testing.T) {
	t.Parallel()
	w := setup(t)
	own := globalid.Int("Affiliate", w.affiliate.ID)
	for i, c := range []struct {
		role    viewer.Role
		as      string
		byQuery bool
		status  int
	}{
		{viewer.Manager, own, false, http.StatusOK},
		{viewer.Manager, own, true, http.StatusOK},
		{viewer.Admin, own, false, http.StatusOK},
		{viewer.Affiliate, own, false, http.StatusForbidden},
		{viewer.Manager, globalid.Int("Affiliate", 1<<40), false, http.StatusNotFound},
		{viewer.Manager, globalid.Int("Offer", w.affiliate.ID), false, http.StatusNotFound},
		{viewer.Manager, "nonsense", false, http.StatusNotFound},
	} {
		u := w.user(fmt.Sprintf("u%d@acme.example", i), c.role)
		_, token, err := w.accounts.CreateToken(viewer.With(t.Context(), &viewer.Viewer{UserID: ids.User(u.ID), Role: c.role, Scopes: viewer.Scopes()}), account.NewToken{Name: "x"})
		must(t, err)
		var seen *viewer.Viewer
		handler := w.accounts.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = viewer.From(r.Context()) }))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		if c.byQuery {
			r.URL.RawQuery = account.ViewAsQuery + "=" + c.as
		} else {
			r.Header.Set(account.ViewAs, c.as)
		}
		res := httptest.NewRecorder()
		handler.ServeHTTP(res, r)
		if res.Code != c.status {
			t.Errorf("%s looks as %q: %d, want %d", c.role, c.as, res.Code, c.status)
		}
		if c.status != http.StatusOK {
			if seen != nil {
				t.Errorf("%s got through as %+v", c.role, seen)
			}
			continue
		}
		if seen.Staff() || seen.AffiliateID != ids.Affiliate(w.affiliate.ID) || seen.May(viewer.Write) || seen.May(viewer.Conversions) || !seen.May(viewer.Read) {
			t.Errorf("%s looks as %+v", c.role, seen)
		}
	}
}
