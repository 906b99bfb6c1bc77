package ent_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/lib/pq"

	"postrider/domain/commission"
	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/ent"
	"postrider/ent/migrations"
	"postrider/internal/ids"
	"postrider/internal/pg"
	"postrider/pgtest"
)

// before returns the migrations that come before one.
func before(t *testing.T, name string) fs.FS {
	t.Helper()
	all, err := fs.Glob(migrations.FS, "*.sql")
	must(t, err)
	some := fstest.MapFS{}
	for _, file := range all {
		if file < name {
			text, err := fs.ReadFile(migrations.FS, file)
			must(t, err)
			some[file] = &fstest.MapFile{Data: text}
		}
	}
	return some
}

// era is a random installation from before there were trackers.
type era struct {
	t  *testing.T
	r  *rand.Rand
	db *sql.DB
}

func (e *era) id(query string, args ...any) (id int64) {
	e.t.Helper()
	must(e.t, e.db.QueryRowContext(e.t.Context(), query+" RETURNING id", args...).Scan(&id))
	return id
}

// settled is one affiliate of it, with its campaigns by offer.
type settled struct {
	affiliate int64
	campaigns map[ids.Campaign]ids.Offer
}

// settle makes an affiliate with two campaigns and up to twelve postbacks, some of one URL, some of
// one host, some deleted.
func (e *era) settle(offers [2]int64) settled {
	e.t.Helper()
	s := settled{
		affiliate: e.id(`INSERT INTO affiliates (name, echo_key, created_at) VALUES ('A', gen_random_uuid()::text, now())`),
		campaigns: map[ids.Campaign]ids.Offer{},
	}
	var campaigns [2]int64
	for i, offer := range offers {
		campaigns[i] = e.id(`INSERT INTO campaigns (affiliate_id, offer_id, name, created_at) VALUES ($1, $2, 'C', now())`, s.affiliate, offer)
		s.campaigns[ids.Campaign(campaigns[i])] = ids.Offer(offer)
	}
	for range e.r.IntN(12) {
		var offer, campaign, deleted any
		scope := firing.Scopes()[e.r.IntN(3)]
		switch scope {
		case firing.Offer:
			offer = offers[e.r.IntN(2)]
		case firing.Campaign:
			campaign = campaigns[e.r.IntN(2)]
		}
		if e.r.IntN(8) == 0 {
			deleted = pgtest.Now
		}
		host := []string{"a.example", "A.example", "b.example:8443", "b.example"}[e.r.IntN(4)]
		path := []string{"", "/", "/pb", "/{goal_id}/pb"}[e.r.IntN(4)]
		query := []string{"", "?c={param_1}", "?c={param_1}&s=lead", "?c={param_1}&s=sale", "?u=https://x.example/?y&c={param_2}"}[e.r.IntN(5)]
		statuses, err := json.Marshal([][]string{{"approved"}, {"rejected", "cancelled"}, {"approved", "pending"}}[e.r.IntN(3)])
		must(e.t, err)
		e.id(`
			INSERT INTO postbacks (affiliate_id, name, scope, offer_id, campaign_id, goal, url_template, statuses, enabled, signing_secret, deleted_at, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, now(), now())`,
			s.affiliate, []string{"", "Keitaro", "Other"}[e.r.IntN(3)], scope, offer, campaign, []string{"registration", "ftd"}[e.r.IntN(2)],
			[]string{"http://", "https://"}[e.r.IntN(2)]+host+path+query, statuses, e.r.IntN(4) > 0, deleted)
	}
	return s
}

// history returns what a history of conversions fires: the URLs, with the postbacks that call them.
func (s settled) history(postbacks []firing.Postback, trackers firing.Trackers) []string {
	var fired []string
	at := map[ids.Campaign]ids.Offer{0: 0}
	maps.Copy(at, s.campaigns)
	for campaign, offer := range at {
		for _, goal := range []string{"registration", "ftd"} {
			for _, status := range commission.Statuses() {
				e := firing.Event{AffiliateID: ids.Affiliate(s.affiliate), OfferID: offer, CampaignID: campaign, Goal: goal, Status: status}
				values := &macro.Values{}
				values.Set(macro.Param1, fmt.Sprint("click of ", campaign))
				values.Set(macro.GoalID, goal)
				for i, d := range firing.Decide(e, postbacks, trackers) {
					if parsed, err := macro.Parse(postbacks[i].URLTemplate); err == nil && d.Fired {
						fired = append(fired, fmt.Sprint(d.PostbackID, goal, status, parsed.Expand(values)))
					}
				}
			}
		}
	}
	slices.Sort(fired)
	return fired
}

// postbacks reads an affiliate's postbacks, as there are trackers or not yet.
func (s settled) postbacks(t *testing.T, db *sql.DB, columns string) []firing.Postback {
	t.Helper()
	var list []firing.Postback
	must(t, pg.Each(t.Context(), db, "reading postbacks", func(rows *sql.Rows) error {
		p, err := ent.ScanPostback(rows.Scan)
		list = append(list, p)
		return err
	}, `SELECT `+columns+` FROM postbacks p WHERE p.affiliate_id = $1 ORDER BY p.id`, s.affiliate))
	return list
}

// Grouping the postbacks of before by tracker changes nothing that fires, puts those of one URL under
// one tracker, and no two of one tracker fire different URLs for one conversion.
func TestPostbacksAreGroupedByTrackerWithoutAChange(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t).SQL
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	e := &era{t: t, r: rand.New(rand.NewPCG(seed, 0)), db: db}
	must(t, pg.Migrate(t.Context(), db, before(t, "00046")))
	var offers [2]int64
	for i := range offers {
		offers[i] = e.id(`INSERT INTO offers (name, operator, vertical, destination_url, deep_link_hosts, currency, created_at)
			VALUES ('O', 'O', 'casino', 'https://o.example/?c={click_id}', '[]', 'EUR', now())`)
	}
	old := strings.Replace(ent.PostbackColumns, "coalesce(p.tracker_id, 0)", "0", 1)
	fired := map[int64][]string{}
	var all []settled
	for range 200 {
		s := e.settle(offers)
		all = append(all, s)
		fired[s.affiliate] = s.history(s.postbacks(t, db, old), firing.Trackers{})
	}
	must(t, pg.Migrate(t.Context(), db, migrations.FS))

	total := 0
	for _, s := range all {
		of, err := ent.TrackersOf(pgtest.System(t), ent.NewClient(db), []int64{s.affiliate})
		must(t, err)
		postbacks := s.postbacks(t, db, ent.PostbackColumns)
		if after := s.history(postbacks, of[s.affiliate]); !slices.Equal(after, fired[s.affiliate]) {
			t.Fatalf("affiliate %d fired\n%q, and fires\n%q", s.affiliate, fired[s.affiliate], after)
		}
		total += len(fired[s.affiliate])
		isGrouped(t, db, postbacks, of[s.affiliate])
	}
	if total < 1000 {
		t.Errorf("%d postbacks fired: the setups prove little", total)
	}
}

// isGrouped checks the trackers of one affiliate's postbacks.
func isGrouped(t *testing.T, db *sql.DB, postbacks []firing.Postback, trackers firing.Trackers) {
	t.Helper()
	urls := map[int64][]string{}
	for _, p := range postbacks {
		if (p.TrackerID == 0) != p.Deleted {
			t.Errorf("postback %d, deleted %t, is of tracker %d", p.ID, p.Deleted, p.TrackerID)
		}
		for _, other := range postbacks {
			if p.Deleted || other.Deleted {
				continue
			}
			same := p.TrackerID == other.TrackerID
			if p.URLTemplate == other.URLTemplate && !same {
				t.Errorf("%s is of the trackers %d and %d", p.URLTemplate, p.TrackerID, other.TrackerID)
			}
			samePlace := firing.Place(p.URLTemplate) == firing.Place(other.URLTemplate)
			if samePlace && !same && !crowded(postbacks, firing.Place(p.URLTemplate)) {
				t.Errorf("%s and %s are of two trackers", p.URLTemplate, other.URLTemplate)
			}
			if same && (p.Crowds(other) || !samePlace) {
				t.Errorf("%s and %s are of one tracker", p.URLTemplate, other.URLTemplate)
			}
		}
		urls[int64(p.TrackerID)] = append(urls[int64(p.TrackerID)], p.URLTemplate)
	}
	for _, one := range trackers.List() {
		var url, name string
		var spec []byte
		must(t, db.QueryRowContext(t.Context(), `
			SELECT t.url_template, t.name, v.spec FROM trackers t JOIN tracker_versions v ON v.tracker_id = t.id AND v.number = t.version WHERE t.id = $1`, one.ID).Scan(&url, &name, &spec))
		var kept firing.TrackerSpec
		must(t, json.Unmarshal(spec, &kept))
		if !slices.Contains(urls[int64(one.ID)], url) || name == "" || kept.URLTemplate != url || len(kept.Goals) != len(urls[int64(one.ID)]) {
			t.Errorf("tracker %d, %q, calls %s, of %q; its version is %s", one.ID, name, url, urls[int64(one.ID)], spec)
		}
		for i, g := range kept.Goals {
			mine := slices.DeleteFunc(slices.Clone(postbacks), func(p firing.Postback) bool { return p.TrackerID != one.ID })
			if p := mine[i]; g.Goal != p.Goal || g.Scope != p.Scope || g.OfferID != p.OfferID || g.CampaignID != p.CampaignID || g.Enabled != p.Enabled ||
				!slices.Equal(g.Statuses, p.Statuses) || g.URLTemplate != p.URLTemplate {
				t.Errorf("tracker %d keeps %+v of %+v", one.ID, g, p)
			}
		}
	}
	var strays int
	must(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM trackers t WHERE t.id = ANY($1) AND NOT EXISTS (SELECT FROM postbacks p WHERE p.tracker_id = t.id)`,
		pq.Array(keysOf(trackers))).Scan(&strays))
	if strays > 0 {
		t.Errorf("%d trackers have no postback", strays)
	}
}

// crowded reports whether two postbacks of a place fire different URLs for one conversion.
func crowded(postbacks []firing.Postback, place string) bool {
	there := slices.DeleteFunc(slices.Clone(postbacks), func(p firing.Postback) bool { return p.Deleted || firing.Place(p.URLTemplate) != place })
	return slices.ContainsFunc(there, func(p firing.Postback) bool { return slices.ContainsFunc(there, p.Crowds) })
}

func keysOf(trackers firing.Trackers) []int64 {
	var keys []int64
	for _, one := range trackers.List() {
		keys = append(keys, int64(one.ID))
	}
	return keys
}
