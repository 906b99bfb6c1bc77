package setup

import (
	"context"

	"postrider/domain/firing"
	"postrider/ent"
	"postrider/ent/db"
)

// RestorePostbackVersion makes an earlier version of a postback its newest again. Name, scope
// and first goal are not part of a version and are left unchanged.
func (s *Setup) RestorePostbackVersion(ctx context.Context, client *db.Client, versionID int64) (*db.Postback, error) {
	v, err := client.PostbackVersion.Get(ctx, versionID)
	if err != nil {
		return nil, missing(err, "versionId", "version")
	}
	return s.UpdatePostback(ctx, v.PostbackID, func(p *firing.Postback) { *p = ent.Restored(*p, v) })
}
