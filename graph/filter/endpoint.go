package filter

import (
	"context"
	"fmt"
	"regexp"

	"postrider/ent/db"
	"postrider/ent/db/delivery"
	"postrider/ent/db/postback"
	"postrider/ent/db/postbackversion"
	"postrider/ent/db/predicate"
)

// Reach finds the postbacks of the filter's trackers, the clicks with a param that matches the search, and the postbacks with an endpoint
// that does, among those that the viewer sees. Their deliveries are found through an index; without
// it a search that finds nothing would read every delivery there is.
func (f *Delivery) Reach(ctx context.Context, client *db.Client) error {
	if f == nil {
		return nil
	}
	if _, err := f.Predicates(); err != nil {
		return err
	}
	if f.TrackerIDs != nil {
		ids, err := client.Postback.Query().Where(postback.TrackerIDIn(keys(kindTracker, f.TrackerIDs)...)).IDs(ctx)
		if err != nil {
			return fmt.Errorf("reading the postbacks of %d trackers: %w", len(f.TrackerIDs), err)
		}
		f.ofTrackers = ids
	}
	text := searched(f.Search)
	if err := f.params.reach(ctx, client, text); err != nil {
		return err
	}
	if _, isID := factKey(text); text == "" || isID {
		return nil
	}
	f.reached = []int64{}
	err := client.PostbackVersion.Query().
		Where(postbackversion.URLTemplateContainsFold(withoutPort(text))).
		Unique(true).Select(postbackversion.FieldPostbackID).Scan(ctx, &f.reached)
	if err != nil {
		return fmt.Errorf("looking for the postbacks to %q: %w", text, err)
	}
	return nil
}

// port matches the port of an endpoint. A template omits it if it is the scheme's default.
var port = regexp.MustCompile(`:[0-9]*$`)

func withoutPort(text string) string { return port.ReplaceAllString(text, "") }

// endpoint matches the deliveries to an endpoint. Only tests have no postback.
func (f *Delivery) endpoint(text string) predicate.Delivery {
	there := []predicate.Delivery{delivery.PostbackIDIsNil()}
	if len(f.reached) > 0 {
		there = append(there, delivery.PostbackIDIn(f.reached...))
	}
	if f.reached == nil {
		return delivery.EndpointContainsFold(text)
	}
	return delivery.And(delivery.Or(there...), delivery.EndpointContainsFold(text))
}
