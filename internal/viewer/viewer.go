// Package viewer has the viewer of a request: the user or token it is made with. Package account
// makes a request's Viewer; ent's privacy rules and every hand-written query read it from the
// context, so that nothing can be read without it. It owns roles, the scopes of tokens, and whose
// rows a viewer sees (RowScope, Scoped).
package viewer

import (
	"context"
	"io"
	"slices"

	"postrider/internal/enum"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// Role is a user's role in the network.
type Role string

// The roles.
const (
	Admin     Role = "admin"     // may do everything
	Manager   Role = "manager"   // an affiliate manager: staff
	Affiliate Role = "affiliate" // sees one affiliate's rows only
)

// Roles lists every role.
func Roles() []Role { return []Role{Admin, Manager, Affiliate} }

// Values returns the database values, for ent.
func (Role) Values() []string { return enum.Strings(Roles()) }

// MarshalGQL writes the GraphQL name, for example ADMIN.
func (r Role) MarshalGQL(w io.Writer) { enum.Write(w, r) }

// UnmarshalGQL reads the GraphQL name.
func (r *Role) UnmarshalGQL(v any) error { return enum.Read(v, r, Roles()) }

// Scope is what an API token may do. A session may do all of it, and what no token may: create
// users, and set passwords.
type Scope string

// The scopes.
const (
	Read        Scope = "read"        // read whatever the user may read
	Write       Scope = "write"       // create and change campaigns, postbacks, settings
	Conversions Scope = "conversions" // record conversions and change their status
	Replay      Scope = "replay"      // replay deliveries
	Secrets     Scope = "secrets"     // read and change secrets, make API tokens
)

// Scopes lists every scope.
func Scopes() []Scope { return append(UsualScopes(), Secrets) }

// UsualScopes lists the scopes of a token for which none are named. Scopes that give access to
// secrets have to be named.
func UsualScopes() []Scope { return []Scope{Read, Write, Conversions, Replay} }

// MarshalGQL writes the GraphQL name, for example WRITE.
func (s Scope) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL reads the GraphQL name.
func (s *Scope) UnmarshalGQL(v any) error { return enum.Read(v, s, Scopes()) }

// Viewer is the user or the token that a request is made with.
type Viewer struct {
	UserID      ids.User
	Role        Role
	AffiliateID ids.Affiliate // zero for staff
	TokenID     int64         // zero for a session
	Scopes      []Scope       // what the token may do; every scope for a session
	Looking     bool          // staff who view as an affiliate: they see its rows as it does, and change nothing
	Generation  int64         // of the user's sessions, when this one was read
	system      bool
}

// Staff reports whether the viewer works for the network.
func (v *Viewer) Staff() bool {
	return v != nil && (v.system || v.Role == Admin || v.Role == Manager)
}

// System reports whether the viewer is Postrider itself: workers, migrations, the intake of a
// public route.
func (v *Viewer) System() bool { return v != nil && v.system }

// May reports whether the viewer's token or session has the scope.
func (v *Viewer) May(s Scope) bool {
	return v != nil && (v.system || slices.Contains(v.Scopes, s))
}

// HasRole reports whether the viewer has at least that role: an admin is also a manager, and staff
// are above affiliates.
func (v *Viewer) HasRole(r Role) bool {
	switch {
	case v == nil:
		return false
	case v.system, v.Role == Admin:
		return true
	case v.Role == Manager:
		return r != Admin
	default:
		return r == Affiliate
	}
}

type key struct{}

// With returns a context whose viewer is v.
func With(ctx context.Context, v *Viewer) context.Context { return context.WithValue(ctx, key{}, v) }

// AsSystem returns a context whose viewer is Postrider itself. It is for code in which no user's
// input can select another user's rows.
func AsSystem(ctx context.Context) context.Context { return With(ctx, &Viewer{system: true}) }

// From returns the viewer; nil if there is none.
func From(ctx context.Context) *Viewer {
	v, _ := ctx.Value(key{}).(*Viewer)
	return v
}

// Require returns the viewer, or the error that asks to sign in.
func Require(ctx context.Context) (*Viewer, error) {
	if v := From(ctx); v != nil {
		return v, nil
	}
	return nil, problem.Unauthenticated("sign in first")
}
