package setup

import (
	"context"

	"postrider/ent/db"
)

// RestorePostbackVersion puts an earlier version of a postback back, as its newest.
// Name, scope and first goal are no part of a version and stay.
func (s *Setup) RestorePostbackVersion(ctx context.Context, client *db.Client, versionID int64) (*db.Postback, error) {
	v, err := client.PostbackVersion.Get(ctx, versionID)
	if err != nil {
		return nil, missing(err, "versionId", "version")
	}
	return s.UpdatePostback(ctx, v.PostbackID, func(w *PostbackWish) {
		w.URLTemplate, w.Method, w.Statuses, w.Enabled, w.BodyRule = v.URLTemplate, v.Method, v.Statuses, v.Enabled, v.BodyRule
		w.Further, w.Aggregates = v.FurtherGoals, aggregates(v.AggregateSeconds)
	})
}
