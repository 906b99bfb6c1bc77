package pgtest_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/domain/tracking"
	"postrider/ent/db"
	"postrider/internal/secret"
	"postrider/internal/viewer"
	"postrider/pgtest"
)

func TestFactoriesMakeWhatTheySay(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	s := pgtest.NewScene(t, d)
	ctx, client := pgtest.System(t), d.Client()

	click, err := client.Click.Get(ctx, s.Click)
	if err != nil || click.AffiliateID != s.Affiliate || *click.CampaignID != s.Link.CampaignID || click.OfferID != s.Offer {
		t.Errorf("click %v, %v", click, err)
	}
	p := pgtest.Postback(t, d, s.Affiliate, "https://tracker.example/?c={param_1}",
		pgtest.ForCampaign(s.Link.CampaignID), pgtest.On(commission.GoalFTD, commission.Pending))
	versions, err := client.PostbackVersion.Query().All(ctx)
	if err != nil || len(versions) != 1 || versions[0].PostbackID != p.ID || versions[0].Number != 1 {
		t.Errorf("versions %v, %v", versions, err)
	}
	sealed, err := client.IntegrationSecret.Query().First(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if token, err := pgtest.Key(t).Open(sealed.Sealed, secret.ForIntegration); err != nil || token != s.Integration.Token {
		t.Errorf("token %q, %v", token, err)
	}
	paused := pgtest.Offer(t, d, func(o *db.OfferCreate) { o.SetState(tracking.Paused) })
	if o, err := client.Offer.Get(ctx, paused); err != nil || o.State != tracking.Paused {
		t.Errorf("offer %v, %v", o, err)
	}
	if l := pgtest.DefaultLink(t, d, pgtest.For{Affiliate: s.Affiliate, Offer: paused}); l.CampaignID != 0 || !tracking.IsLinkCode(l.Code) {
		t.Errorf("link %v", l)
	}
	pgtest.User(t, d, viewer.Admin, 0)
	pgtest.User(t, d, viewer.Affiliate, s.Affiliate)
}

func TestIDsSortAsTheyAreMade(t *testing.T) {
	t.Parallel()
	before := pgtest.ID(t)
	for range 1000 {
		if _, err := uuid.NewV7AtTime(time.Now()); err != nil { // as the program does in another test
			t.Fatal(err)
		}
		id := pgtest.ID(t)
		if bytes.Compare(before[:], id[:]) >= 0 {
			t.Fatalf("%s was made before %s", before, id)
		}
		before = id
	}
}
