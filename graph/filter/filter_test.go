package filter_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"postrider/ent/db"
	"postrider/graph/filter"
	"postrider/internal/globalid"
	"postrider/internal/problem"
	"postrider/outbox"
	"postrider/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rows creates deliveries of two affiliates that differ in everything that a filter reads.
func rows(t *testing.T, d *pgtest.DB) []*db.Delivery {
	t.Helper()
	states, goals := outbox.States(), []string{"registration", "ftd", "deposit"}
	endpoints := []string{"https://tracker.example:443", "https://TRACKER.example:8443", "http://100%_a\\b.example:80", "https://bücher.example:443"}
	var made []*db.Delivery
	for a := range 2 {
		s := pgtest.NewScene(t, d)
		var postbacks []*db.Postback
		for i, endpoint := range endpoints {
			tracker := pgtest.Tracker(t, d, s.Affiliate, endpoint+"/?c={param_1}")
			postbacks = append(postbacks, pgtest.Postback(t, d, s.Affiliate, endpoint+"/?c={param_1}", func(c *db.PostbackCreate) {
				if i > 0 { // the first has no tracker
					c.SetTrackerID(tracker.ID)
				}
			}))
		}
		for i := range 20 {
			// Times that a list and a subscription could tell apart: the key has milliseconds,
			// the row microseconds.
			at := pgtest.Now.Add(time.Duration(i/4) * time.Hour).Add(time.Duration(i%4) * 250 * time.Microsecond)
			id, err := uuid.NewV7AtTime(at)
			must(t, err)
			conversion := s.Conversion(t, d, func(c *db.ConversionCreate) {
				c.SetGoal(goals[i%3])
				if i%2 == 0 {
					c.SetTransactionID([]string{"tx-1", "TX-1", "50%", globalid.Hex(s.Click), "tracker"}[i%5] + string(rune('a'+a)) + []string{"", " "}[i%2])
				}
				if i%5 == 0 {
					c.Mutation().ClearCampaignID()
					c.Mutation().ClearClickID()
				}
			})
			made = append(made, pgtest.Delivery(t, d, conversion.ID, postbacks[i%len(endpoints)], func(c *db.DeliveryCreate) {
				c.SetID(id).SetCreatedAt(at).SetState(states[i%len(states)]).SetEndpoint(endpoints[i%len(endpoints)]).SetTest(i%7 == 0)
				if i%4 == 1 {
					c.SetWarning(outbox.ClickIDMissing)
				}
				if i%4 < 2 {
					c.SetSupersededBy(pgtest.ID(t))
				}
				if i%3 != 0 {
					c.SetStatusCode([]int{200, 302, 404, 500}[i%4])
				}
			}))
		}
	}
	return made
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A filter selects the same in a list, where PostgreSQL evaluates it, and in a subscription,
// where Go does.
func TestDeliveriesMatchWhatIsListed(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	all := rows(t, d)
	ctx, client := pgtest.System(t), d.Client()
	for i, row := range all { // as a subscription loads them
		loaded, err := client.Delivery.Get(ctx, row.ID)
		must(t, err)
		all[i] = loaded
	}
	rapid.Check(t, func(rt *rapid.T) {
		f := draw(rt, all)
		if isRefused(f) {
			if _, err := f.Predicates(); problem.CodeOf(err) != problem.CodeInvalid || problem.CodeOf(f.Reach(ctx, client)) != problem.CodeInvalid {
				rt.Fatalf("%+v: %v", *f, err)
			}
			return
		}
		if f.TrackerIDs != nil || rapid.Bool().Draw(rt, "reach") {
			if err := f.Reach(ctx, client); err != nil {
				rt.Fatal(err)
			}
		}
		matching, err := f.Predicates()
		if err != nil {
			rt.Fatal(err)
		}
		listed, err := client.Delivery.Query().Where(matching...).IDs(ctx)
		if err != nil {
			rt.Fatal(err)
		}
		for _, row := range all {
			if inList, live := slices.Contains(listed, row.ID), f.Matches(row); inList != live {
				rt.Fatalf("%+v: listed %v, live %v\n%v", *f, inList, live, row)
			}
		}
	})
}

// A delivery that matched, and changed so that it does not, is one that may have matched: whatever
// the outbox does to it, and however many changes were not heard of.
func TestWhatLeavesAFilterMayHaveMatched(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		f := &filter.Delivery{} // one part alone, as another would hide what it lets through
		switch rapid.IntRange(0, 3).Draw(rt, "part") {
		case 0:
			f.States = rapid.SliceOfN(rapid.SampledFrom(outbox.States()), 0, 3).Draw(rt, "states")
		case 1:
			f.StatusCodeFrom, f.StatusCodeTo = new(400), new(499)
		case 2:
			f.Warning = new(rapid.Bool().Draw(rt, "warning"))
		case 3:
			f.Superseded = new(rapid.Bool().Draw(rt, "superseded"))
		}
		for range 20 {
			row := db.Delivery{ID: uuid.Must(uuid.NewV7()), State: outbox.Queued}
			matched := f.Matches(&row)
			for range rapid.IntRange(0, 6).Draw(rt, "changes") {
				change(rt, &row)
				if matched = matched || f.Matches(&row); matched && !f.MayHaveMatched(&row) {
					rt.Fatalf("%+v matched before it became %v", *f, row)
				}
			}
		}
	})
}

// change is one change that the outbox makes to a delivery.
func change(rt *rapid.T, d *db.Delivery) {
	if d.State.Final() {
		d.SupersededBy = rapid.SampledFrom([]*uuid.UUID{nil, new(uuid.Must(uuid.NewV7()))}).Draw(rt, "superseded by")
		return
	}
	switch rapid.IntRange(0, 3).Draw(rt, "change") {
	case 0: // held or released
		d.State = rapid.SampledFrom([]outbox.State{outbox.Held, outbox.Waits(d.Attempt)}).Draw(rt, "waits as")
	case 1: // claimed, and given back unsent
		d.StatusCode = nil
	case 2:
		d.State = outbox.Cancelled
	case 3: // sent
		d.Attempt++
		d.State = rapid.SampledFrom([]outbox.State{outbox.Delivered, outbox.Failed, outbox.Retrying}).Draw(rt, "becomes")
		d.StatusCode = rapid.SampledFrom([]*int{nil, new(200), new(404), new(500)}).Draw(rt, "code")
		d.Warning = rapid.SampledFrom([]*outbox.Warning{nil, new(outbox.ClickIDMissing)}).Draw(rt, "warning")
	}
}

// Who watches what failed does not hear of all that is delivered.
func TestWhatNeverMatchedIsNotHeardOf(t *testing.T) {
	t.Parallel()
	row := &db.Delivery{ID: uuid.Must(uuid.NewV7()), State: outbox.Delivered, Attempt: 1, StatusCode: new(200)}
	for name, f := range map[string]*filter.Delivery{
		"failures":   {States: []outbox.State{outbox.Failed, outbox.Cancelled}},
		"a code":     {StatusCodeFrom: new(500), StatusCodeTo: new(599)},
		"warnings":   {Warning: new(true)},
		"superseded": {Superseded: new(true)},
		"tests":      {Test: new(true)},
	} {
		if f.MayHaveMatched(row) {
			t.Errorf("%s: a delivery is sent that was delivered at once", name)
		}
	}
}

// draw returns a filter of values that the rows have, and of some that they do not.
func draw(rt *rapid.T, all []*db.Delivery) *filter.Delivery {
	f := &filter.Delivery{}
	row := func(label string) *db.Delivery { return rapid.SampledFrom(all).Draw(rt, label) }
	maybe := func(label string) bool { return rapid.IntRange(0, 3).Draw(rt, label) == 0 }
	if maybe("by state") {
		f.States = rapid.SliceOfN(rapid.SampledFrom(outbox.States()), 0, 3).Draw(rt, "states")
	}
	if maybe("by goal") {
		f.Goals = rapid.SliceOfN(rapid.SampledFrom([]string{"registration", "ftd", "nonsense"}), 0, 2).Draw(rt, "goals")
	}
	if maybe("by campaign") {
		f.CampaignIDs = ids(rt, "Campaign", func() int64 {
			if c := row("campaign of").CampaignID; c != nil {
				return *c
			}
			return 0
		})
	}
	if maybe("by postback") {
		f.PostbackIDs = ids(rt, "Postback", func() int64 { return *row("postback of").PostbackID })
	}
	if maybe("by tracker") {
		f.TrackerIDs = ids(rt, "Tracker", func() int64 { return rapid.Int64Range(1, 8).Draw(rt, "tracker") })
	}
	if maybe("by affiliate") {
		f.AffiliateIDs = ids(rt, "Affiliate", func() int64 { return row("affiliate of").AffiliateID })
	}
	if maybe("by code from") {
		f.StatusCodeFrom = new(rapid.SampledFrom([]int{-1, 0, 200, 201, 400, 1000}).Draw(rt, "from code"))
	}
	if maybe("by code to") {
		f.StatusCodeTo = new(rapid.SampledFrom([]int{-1, 0, 200, 399, 500, 1000}).Draw(rt, "to code"))
	}
	if maybe("by begin") {
		f.From = new(moment(rt, row("from").CreatedAt))
	}
	if maybe("by end") {
		f.To = new(moment(rt, row("to").CreatedAt))
	}
	if maybe("by test") {
		f.Test = new(rapid.Bool().Draw(rt, "test"))
	}
	if maybe("by warning") {
		f.Warning = new(rapid.Bool().Draw(rt, "warning"))
	}
	if maybe("by superseded") {
		f.Superseded = new(rapid.Bool().Draw(rt, "superseded"))
	}
	if maybe("by search") {
		f.Search = new(search(rt, row("search")))
	}
	return f
}

// isRefused reports whether a filter has an id that is none, or a range upside down.
func isRefused(f *filter.Delivery) bool {
	for kind, list := range map[string][]string{"Campaign": f.CampaignIDs, "Postback": f.PostbackIDs, "Tracker": f.TrackerIDs, "Affiliate": f.AffiliateIDs} {
		if slices.ContainsFunc(list, func(id string) bool {
			_, ok := globalid.IntOf(kind, id)
			return !ok
		}) {
			return true
		}
	}
	return f.From != nil && f.To != nil && f.From.After(*f.To) ||
		f.StatusCodeFrom != nil && f.StatusCodeTo != nil && *f.StatusCodeFrom > *f.StatusCodeTo
}

func ids(rt *rapid.T, kind string, key func() int64) []string {
	list := []string{}
	for range rapid.IntRange(0, 2).Draw(rt, "ids") {
		switch rapid.IntRange(0, 4).Draw(rt, "id") {
		case 0:
			list = append(list, "nonsense")
		case 1:
			list = append(list, globalid.Int("Offer", key()))
		default:
			list = append(list, globalid.Int(kind, key()))
		}
	}
	return list
}

// moment returns at, or a time close to it.
func moment(rt *rapid.T, at time.Time) time.Time {
	return at.Add(rapid.SampledFrom([]time.Duration{
		0, time.Nanosecond, -time.Nanosecond, time.Microsecond, -time.Microsecond, 500 * time.Microsecond, -500 * time.Microsecond, time.Millisecond, -time.Millisecond, -time.Hour,
	}).Draw(rt, "near"))
}

func search(rt *rapid.T, d *db.Delivery) string {
	words := []string{
		"", " ", "tracker", "TRACKER", "example:8443", "%", "_", "100%_a\\b", "\\", "Bücher", "BÜCHER", "nonsense", "https://", "wgk3l5f2c1",
		globalid.Hex(d.ID), d.ID.String(), globalid.Hex(*d.ConversionID),
	}
	if d.TransactionID != nil {
		words = append(words, *d.TransactionID, " "+*d.TransactionID+" ")
	}
	if d.ClickID != nil {
		words = append(words, globalid.Hex(*d.ClickID))
	}
	return rapid.SampledFrom(words).Draw(rt, "words")
}

// A time before the first that a key can have is before everything.
func TestFromLongAgoIsEverything(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	all := rows(t, d)
	real := slices.DeleteFunc(slices.Clone(all), func(d *db.Delivery) bool { return d.Test })
	for _, from := range []time.Time{{}, time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, 0)} {
		for _, f := range []*filter.Delivery{{From: &from}, {To: &from}} {
			matching, err := f.Predicates()
			must(t, err)
			listed, err := d.Client().Delivery.Query().Where(matching...).IDs(pgtest.System(t))
			must(t, err)
			want := 0
			if f.From != nil {
				want = len(real)
			}
			if len(listed) != want || f.Matches(real[0]) != (want > 0) {
				t.Errorf("%+v: listed %d, live %v", *f, len(listed), f.Matches(all[0]))
			}
		}
	}
}
