package viewer

import (
	"context"
	"fmt"

	"postrider/internal/ids"
)

// RowScope is whose rows a viewer sees: every affiliate's, or one's. It is the only
// definition of that; ent's privacy rules, the SQL of reports and live
// subscriptions all ask it. The zero RowScope sees nothing.
type RowScope struct {
	all         bool
	affiliateID ids.Affiliate
}

// RowScopeFrom is the only way to a RowScope that sees anything: that of who is
// asking. For nobody it is the error that says to sign in.
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

// All tells whether it is everybody's rows, and those that are no affiliate's.
func (s RowScope) All() bool { return s.all }

// AffiliateID is the one affiliate whose rows they are; 0 where there is not one.
func (s RowScope) AffiliateID() ids.Affiliate { return s.affiliateID }

// Sees tells whether the rows of an affiliate are within it; 0 stands for rows that
// are no affiliate's.
func (s RowScope) Sees(affiliateID ids.Affiliate) bool {
	return s.all || affiliateID != 0 && affiliateID == s.affiliateID
}

// SQL is Sees as a condition on a column. Args are its arguments, from $first on.
func (s RowScope) SQL(column string, first int) string {
	return fmt.Sprintf("($%d OR %s = $%d)", first, column, first+1)
}

// Args are the arguments of what SQL gives.
func (s RowScope) Args() []any { return []any{s.all, int64(s.affiliateID)} }
