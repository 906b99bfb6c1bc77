package setup

import (
	"context"

	"postrider/domain/firing"
	"postrider/ent"
	"postrider/ent/db"
)

// RestorePostbackVersion puts an earlier version of a postback back, as its newest.
// Name, scope and first goal are no part of a version and stay.
func (s *Setup) RestorePostbackVersion(ctx context.Context, client *db.Client, versionID int64) (*db.Postback, error) {
	v, err := client.PostbackVersion.Get(ctx, versionID)
	if err != nil {
		return nil, missing(err, "versionId", "version")
	}
	return s.UpdatePostback(ctx, v.PostbackID, func(p *firing.Postback) { *p = ent.Restored(*p, v) })
}
