package viewer

import (
	"context"
	"fmt"

	"postrider/internal/ids"
)

// RowScope is whose rows a viewer sees: every affiliate's, or one's. It is the only definition of
// that; ent's privacy rules, the SQL of reports and live subscriptions all use it. The zero
// RowScope sees nothing.
type RowScope struct {
	all         bool
	affiliateID ids.Affiliate
}

// RowScopeFrom returns the scope of the context's viewer; there is no other way to a RowScope that
// sees anything. Without a viewer it returns the error that asks to sign in.
func RowScopeFrom(ctx context.Context) (RowScope, error) {
	v, err := Require(ctx)
	if err != nil {
		return RowScope{}, err
	}
	if v.Staff() {
		return RowScope{all: true}, nil
	}
	return RowScope{affiliateID: v.AffiliateID}, nil
}

// All reports whether the scope has all rows, including those that belong to no affiliate.
func (s RowScope) All() bool { return s.all }

// AffiliateID returns the one affiliate whose rows they are; 0 if there is not one.
func (s RowScope) AffiliateID() ids.Affiliate { return s.affiliateID }

// Sees reports whether the rows of an affiliate are within the scope; 0 stands for rows that
// belong to no affiliate.
func (s RowScope) Sees(affiliateID ids.Affiliate) bool {
	return s.all || affiliateID != 0 && affiliateID == s.affiliateID
}

// Of narrows the scope to the rows of one affiliate; it sees nothing where s does not see them.
func (s RowScope) Of(affiliateID ids.Affiliate) RowScope {
	if !s.Sees(affiliateID) {
		return RowScope{}
	}
	return RowScope{affiliateID: affiliateID}
}

// SQL returns Sees as a condition on a column. Args are its arguments, from $first on.
func (s RowScope) SQL(column string, first int) string {
	return fmt.Sprintf("($%d OR %s = $%d)", first, column, first+1)
}

// Args returns the arguments of the condition that SQL returns.
func (s RowScope) Args() []any { return []any{s.all, int64(s.affiliateID)} }
