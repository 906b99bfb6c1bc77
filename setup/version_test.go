package setup_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/ent/db"
	"postrider/ent/db/auditentry"
	"postrider/internal/ids"
	"postrider/internal/viewer"
)

// drawWish draws a valid postback, from so few that the same is drawn again.
func (w *world) drawWish(rt *rapid.T) firing.Postback {
	p := firing.Postback{
		Name:        rapid.SampledFrom([]string{"Keitaro", " Keitaro", ""}).Draw(rt, "name"),
		Scope:       rapid.SampledFrom([]firing.Scope{firing.Global, firing.Offer, firing.Campaign}).Draw(rt, "scope"),
		OfferID:     ids.Offer(rapid.SampledFrom([]int64{w.one.Offer, w.other.Offer}).Draw(rt, "offer")),
		CampaignID:  ids.Campaign(w.one.Link.CampaignID),
		Goal:        rapid.SampledFrom([]string{"ftd", "registration"}).Draw(rt, "goal"),
		URLTemplate: rapid.SampledFrom([]string{template, template + "&p={payout}"}).Draw(rt, "template"),
		Method:      rapid.SampledFrom([]firing.Method{firing.GET, firing.POST, ""}).Draw(rt, "method"),
		Statuses:    rapid.SliceOfN(rapid.SampledFrom([]commission.Status{commission.Approved, commission.Rejected}), 1, 3).Draw(rt, "statuses"),
		Enabled:     rapid.Bool().Draw(rt, "enabled"),

		SendCorrections: rapid.Bool().Draw(rt, "corrections"),
	}
	if kind := rapid.SampledFrom([]firing.BodyRuleKind{"", firing.Contains, firing.NotContains}).Draw(rt, "rule"); kind != "" {
		p.BodyRule = &firing.BodyRule{Kind: kind, Value: "OK"}
	}
	if rapid.Bool().Draw(rt, "aggregates") {
		p.URLTemplate, p.Aggregates = summing, rapid.SampledFrom([]time.Duration{time.Minute, time.Hour}).Draw(rt, "for")
		p.Further = rapid.SliceOfN(rapid.SampledFrom([]string{"deposit", "kyc"}), 0, 3).Draw(rt, "further")
	}
	return p
}

// kept returns the expected result of a wish.
func kept(p firing.Postback) firing.Postback {
	p.Name = strings.TrimSpace(p.Name)
	if p.Method == "" {
		p.Method = firing.GET
	}
	if p.Scope != firing.Offer {
		p.OfferID = 0
	}
	if p.Scope != firing.Campaign {
		p.CampaignID = 0
	}
	p.Statuses = slices.Compact(slices.Sorted(slices.Values(p.Statuses)))
	p.Further = slices.Compact(slices.Sorted(slices.Values(p.Further)))
	if p.Further == nil {
		p.Further = []string{}
	}
	return p
}

// withVersion returns a wish after a version was restored.
func withVersion(p firing.Postback, v *db.PostbackVersion) firing.Postback {
	p.URLTemplate, p.Method, p.Statuses, p.Enabled, p.BodyRule = v.URLTemplate, v.Method, v.Statuses, v.Enabled, v.BodyRule
	p.Further, p.Aggregates, p.SendCorrections = v.FurtherGoals, 0, v.SendCorrections
	if v.AggregateSeconds != nil {
		p.Aggregates = time.Duration(*v.AggregateSeconds) * time.Second
	}
	return p
}

// Whatever is saved or restored, in whatever order: it is stored as specified, and there is
// one more version exactly if something differs.
func TestAVersionIsMadeExactlyWhereSomethingChanges(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		first := w.drawWish(rt)
		made, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{first.Goal}, withoutFurther(first))
		w.must(err)
		id, drawn, version := made[0].ID, withoutFurther(first), 1
		now := kept(drawn)
		for range rapid.IntRange(1, 5).Draw(rt, "changes") {
			var next firing.Postback
			var saved *db.Postback
			switch what := rapid.SampledFrom([]string{"save", "save again", "save as it is", "put back"}).Draw(rt, "what"); what {
			case "save", "save again":
				if what == "save" {
					drawn = w.drawWish(rt)
				}
				next = kept(drawn)
				saved, err = w.setup.UpdatePostback(w.oneCtx, id, func(p *firing.Postback) { *p = drawn })
			case "save as it is":
				next = now
				saved, err = w.setup.UpdatePostback(w.oneCtx, id, func(*firing.Postback) {})
			default:
				old := rapid.SampledFrom(w.versions(id)).Draw(rt, "version")
				next = withVersion(now, old)
				saved, err = w.setup.RestorePostbackVersion(w.oneCtx, w.client, old.ID)
			}
			if err != nil {
				rt.Fatalf("%+v cannot be saved: %v", next, err)
			}
			if !reflect.DeepEqual(next, now) {
				version++
			}
			now = next
			w.isAt(rt, saved, now, version)
		}
	})
}

// withoutFurther returns a wish for one goal: the list of goals decides which further ones a
// new postback aggregates.
func withoutFurther(p firing.Postback) firing.Postback {
	p.Further = nil
	return p
}

// isAt fails unless a postback is as specified, at its version, with an entry in the audit log
// for each.
func (w *world) isAt(rt *rapid.T, saved *db.Postback, want firing.Postback, version int) {
	var got firing.Postback
	again, err := w.setup.UpdatePostback(w.oneCtx, saved.ID, func(p *firing.Postback) { got = *p })
	w.must(err)
	if got.ID != ids.Postback(saved.ID) || got.AffiliateID != ids.Affiliate(w.one.Affiliate) {
		rt.Fatalf("it is postback %d of affiliate %d", got.ID, got.AffiliateID)
	}
	got.ID, got.AffiliateID, got.TrackerID = 0, 0, 0
	if !reflect.DeepEqual(got, want) {
		rt.Fatalf("it is\n%+v, want\n%+v", got, want)
	}
	versions := w.versions(saved.ID)
	last := versions[len(versions)-1]
	if saved.Version != version || again.Version != version || len(versions) != version || last.Number != version {
		rt.Fatalf("it is at version %d, then %d, of %d; want %d", saved.Version, again.Version, len(versions), version)
	}
	if !reflect.DeepEqual(withVersion(want, last), want) {
		rt.Fatalf("its version is %+v, want %+v", last, want)
	}
	entries := w.client.AuditEntry.Query().Where(auditentry.Entity("postback"), auditentry.EntityID(fmt.Sprint(saved.ID))).CountX(w.system)
	if entries != version {
		rt.Fatalf("%d entries of the audit log for %d versions", entries, version)
	}
}

func TestAPostbackThatAggregatedIsPutBackAsItWas(t *testing.T) {
	w := newWorld(t)
	made, err := w.setup.CreatePostbacks(w.oneCtx, 0, []string{"ftd", "deposit"}, wish(func(p *firing.Postback) {
		p.URLTemplate, p.Aggregates = summing, 10*time.Minute
	}))
	w.must(err)
	_, err = w.setup.UpdatePostback(w.oneCtx, made[0].ID, func(p *firing.Postback) { p.URLTemplate, p.Aggregates, p.Further = template, 0, nil })
	w.must(err)
	back, err := w.setup.RestorePostbackVersion(w.oneCtx, w.client, w.versions(made[0].ID)[0].ID)
	w.must(err)
	if back.AggregateSeconds == nil || *back.AggregateSeconds != 600 || !slices.Equal(back.FurtherGoals, []string{"deposit"}) || back.URLTemplate != summing || back.Version != 3 {
		t.Errorf("it is %+v", back)
	}
}

func TestStaffPutAVersionBackForItsOwner(t *testing.T) {
	w := newWorld(t)
	p := w.postback()
	_, err := w.setup.UpdatePostback(w.oneCtx, p.ID, func(p *firing.Postback) { p.Enabled = false })
	w.must(err)
	back, err := w.setup.RestorePostbackVersion(w.staff, w.client, w.versions(p.ID)[0].ID)
	w.must(err)
	versions := w.versions(p.ID)
	if !back.Enabled || back.AffiliateID != w.one.Affiliate || versions[2].AffiliateID != w.one.Affiliate || ids.User(*versions[2].UserID) != viewer.From(w.staff).UserID {
		t.Errorf("it is %+v by %+v", back, versions[2])
	}
}
