package viewer_test

import (
	"context"
	"testing"

	"postrider/internal/viewer"
)

func TestWhoSeesWhoseRows(t *testing.T) {
	t.Parallel()
	as := func(v *viewer.Viewer) context.Context { return viewer.With(t.Context(), v) }
	for name, c := range map[string]struct {
		ctx                     context.Context
		own, other, nobodys, ok bool
	}{
		"nobody":                     {ctx: t.Context()},
		"an affiliate":               {ctx: as(&viewer.Viewer{Role: viewer.Affiliate, AffiliateID: 7}), own: true, ok: true},
		"an affiliate without an id": {ctx: as(&viewer.Viewer{Role: viewer.Affiliate}), ok: true},
		"staff who view as one":      {ctx: as(&viewer.Viewer{Role: viewer.Affiliate, AffiliateID: 7, Looking: true}), own: true, ok: true},
		"no role":                    {ctx: as(&viewer.Viewer{}), ok: true},
		"a manager":                  {ctx: as(&viewer.Viewer{Role: viewer.Manager}), own: true, other: true, nobodys: true, ok: true},
		"an admin":                   {ctx: as(&viewer.Viewer{Role: viewer.Admin}), own: true, other: true, nobodys: true, ok: true},
		"the system":                 {ctx: viewer.AsSystem(t.Context()), own: true, other: true, nobodys: true, ok: true},
	} {
		scope, err := viewer.RowScopeFrom(c.ctx)
		if (err == nil) != c.ok || scope.Sees(7) != c.own || scope.Sees(8) != c.other || scope.Sees(0) != c.nobodys || scope.All() != c.other {
			t.Errorf("%s: %+v, %v", name, scope, err)
		}
		if one := scope.Of(7); one.Sees(7) != c.own || one.Sees(8) || one.Sees(0) || one.All() {
			t.Errorf("%s, narrowed to one: %+v", name, one)
		}
	}
}
