package graph

import (
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gofrs/uuid/v5"
	"github.com/shopspring/decimal"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/graph/gen"
	"postrider/internal/globalid"
	"postrider/internal/ids"
)

// intID parses the global id of a configuration row of one kind.
func intID(kind, field, id string) (int64, error) {
	key, ok := globalid.IntOf(kind, id)
	if !ok {
		return 0, globalid.Refusal(kind, field, id)
	}
	return key, nil
}

// optionalInt is intID for an id that may be left out: then it is zero.
func optionalInt(kind, field string, id *string) (int64, error) {
	if id == nil {
		return 0, nil
	}
	return intID(kind, field, *id)
}

// optionalID is optionalInt for a key that has its own type, which is named after its kind: that
// of an Offer is an ids.Offer.
func optionalID[ID ids.Affiliate | ids.User | ids.Offer | ids.Campaign | ids.Postback | ids.Tracker](field string, id *string) (ID, error) {
	key, err := optionalInt(reflect.TypeFor[ID]().Name(), field, id)
	return ID(key), err
}

// factID parses the global id of a fact of one kind.
func factID(kind, field, id string) (uuid.UUID, error) {
	key, ok := globalid.UUIDOf(kind, id)
	if !ok {
		return uuid.Nil, globalid.Refusal(kind, field, id)
	}
	return key, nil
}

func hexID(id *uuid.UUID) *string {
	if id == nil {
		return nil
	}
	text := globalid.Hex(*id)
	return &text
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// orCleared returns what an optional field of an update says: nil if it was left out, which keeps what is
// there, and the zero value for null, which clears it.
func orCleared[T any](field graphql.Omittable[*T]) *T {
	v, isSet := field.ValueOK()
	if isSet && v == nil {
		return new(T)
	}
	return v
}

// textOrNull returns nil for an empty text.
func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// amountOrNull returns nil for an amount of zero, which stands for none.
func amountOrNull(d decimal.Decimal) *string {
	if d.IsZero() {
		return nil
	}
	amount := commission.FormatAmount(d)
	return &amount
}

// percentOrNull returns nil for a percentage of zero, which stands for none.
func percentOrNull(d decimal.Decimal) *string {
	if d.IsZero() {
		return nil
	}
	percent := d.String()
	return &percent
}

// intOrNull returns nil for zero, which stands for none.
func intOrNull(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// host returns the host of scheme://host:port, with the port unless it is the scheme's default.
func host(endpoint string) string {
	scheme, rest, _ := strings.Cut(endpoint, "://")
	return strings.TrimSuffix(rest, ":"+macro.DefaultPort(scheme))
}

func money(amount *decimal.Decimal, currency string) *gen.Money {
	if amount == nil {
		return nil
	}
	return &gen.Money{Amount: commission.FormatAmount(*amount), Currency: currency}
}

// sentTo returns where postbacks to an endpoint, scheme://host:port, go as people know it: its host, or the echo tracker for
// the installation's own. Postrider has its host to itself and no other URL of it is taken for a postback's (doctor.OwnURL),
// so what is sent there is meant for /echo/.
func sentTo(publicURL, endpoint string) string {
	own := strings.ToLower(strings.TrimRight(publicURL, "/"))
	scheme, _, _ := strings.Cut(endpoint, "://")
	if own == endpoint || own == scheme+"://"+host(endpoint) {
		return "Echo tracker"
	}
	return host(endpoint)
}
