// Package viewer says who is asking. A request becomes a Viewer in package
// account; ent's privacy rules and every hand-written query read it from the
// context, so that nothing can be read without it. It owns roles, the scopes of
// tokens, and whose rows a viewer sees (RowScope, Scoped).
package viewer

import (
	"context"
	"io"
	"slices"

	"postrider/internal/enum"
	"postrider/internal/ids"
	"postrider/internal/problem"
)

// Role is what a user is to the network.
type Role string

// The roles.
const (
	Admin     Role = "admin"     // may do everything
	Manager   Role = "manager"   // an affiliate manager: staff
	Affiliate Role = "affiliate" // sees one affiliate's things and no other's
)

// Roles lists every role.
func Roles() []Role { return []Role{Admin, Manager, Affiliate} }

// Values gives the database values, for ent.
func (Role) Values() []string { return enum.Strings(Roles()) }

// MarshalGQL writes the GraphQL name, for example ADMIN.
func (r Role) MarshalGQL(w io.Writer) { enum.Write(w, r) }

// UnmarshalGQL reads the GraphQL name.
func (r *Role) UnmarshalGQL(v any) error { return enum.Read(v, r, Roles()) }

// Scope is what an API token may do. A session may do all of it, and what no
// token may: make users, and set passwords.
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

// UsualScopes lists those of a token for which none are named. What opens further
// doors has to be named.
func UsualScopes() []Scope { return []Scope{Read, Write, Conversions, Replay} }

// MarshalGQL writes the GraphQL name, for example WRITE.
func (s Scope) MarshalGQL(w io.Writer) { enum.Write(w, s) }

// UnmarshalGQL reads the GraphQL name.
func (s *Scope) UnmarshalGQL(v any) error { return enum.Read(v, s, Scopes()) }

// Viewer is who is asking, and through what.
type Viewer struct {
	UserID      ids.User
	Role        Role
	AffiliateID ids.Affiliate // zero for staff
	TokenID     int64         // zero for a session
	Scopes      []Scope       // what the token may do; every scope for a session
	Looking     bool          // staff who look at an affiliate's things as the affiliate does, and change nothing
	Generation  int64         // of the user's sessions, when this one was looked at
	system      bool
}

// Staff tells whether the viewer works for the network.
func (v *Viewer) Staff() bool {
	return v != nil && (v.system || v.Role == Admin || v.Role == Manager)
}

// System tells whether Postrider itself is at work: workers, migrations, the
// intake of a public route.
func (v *Viewer) System() bool { return v != nil && v.system }

// May tells whether the viewer's token or session carries the scope.
func (v *Viewer) May(s Scope) bool {
	return v != nil && (v.system || slices.Contains(v.Scopes, s))
}

// HasRole tells whether the viewer is at least of that role: an admin is also a
// manager, and staff are above affiliates.
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

// With gives a context in which v is asking.
func With(ctx context.Context, v *Viewer) context.Context { return context.WithValue(ctx, key{}, v) }

// AsSystem gives a context in which Postrider itself is at work. It is for
// code that no user's words steer to another user's rows.
func AsSystem(ctx context.Context) context.Context { return With(ctx, &Viewer{system: true}) }

// From gives who is asking; nil for nobody.
func From(ctx context.Context) *Viewer {
	v, _ := ctx.Value(key{}).(*Viewer)
	return v
}

// Require gives who is asking, or the error that says to sign in.
func Require(ctx context.Context) (*Viewer, error) {
	if v := From(ctx); v != nil {
		return v, nil
	}
	return nil, problem.Unauthenticated("sign in first")
}
