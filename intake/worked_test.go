package intake_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/ent/db"
	"postrider/ent/db/conversion"
	"postrider/intake"
	"postrider/pgtest"
)

// The worked example: an operator reports 1,000 first deposits, 60 of them without
// a click id. 940 are attributed, 60 wait with proposals where one can be made,
// and each that is fixed fires once.
func TestAThousandDepositsOfWhichSixtyComeWithoutAClick(t *testing.T) {
	w := setup(t)
	pgtest.Postback(t, w.d, w.Affiliate, tracker, pgtest.On("ftd"))
	click := func(i int) uuid.UUID {
		return pgtest.Click(t, w.d, w.Link, func(c *db.ClickCreate) { c.SetParam1(fmt.Sprintf("subid-%04d", i)) })
	}
	results := map[intake.Result]int{}
	hidden := map[int]uuid.UUID{} // the click that was not named
	var later []string
	for i := range 1000 {
		query := fmt.Sprintf("goal=ftd&transaction_id=T%04d&player_id=P%04d&amount=20", i, i)
		switch {
		case i < 940:
			query += "&click_id=" + hex(click(i))
		case i < 970: // it is in another parameter
			hidden[i] = click(i)
			query += "&click_id=%7Bclick_id%7D&sub2=" + hex(hidden[i])
		case i < 985: // the registration, with the click id, arrives after it
			hidden[i] = click(i)
			later = append(later, fmt.Sprintf("goal=registration&player_id=P%04d&click_id=%s", i, hex(hidden[i])))
		case i < 992: // the tracker's own id is returned
			hidden[i] = click(i)
			query += fmt.Sprintf("&aff_sub=subid-%04d", i)
		}
		results[w.receive(w.get(query)).Result]++
	}
	if results[intake.Recorded] != 940 || results[intake.Unattributed] != 60 {
		t.Fatalf("%v", results)
	}
	for _, query := range later {
		w.report(query, intake.Recorded)
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 940 {
		t.Fatalf("%d deliveries, want 940", n)
	}
	rows, err := w.client.Conversion.Query().Where(conversion.AffiliateIDIsNil()).All(w.ctx)
	w.must(err)
	ids := make([]uuid.UUID, len(rows))
	for i, c := range rows {
		ids[i] = c.ID
	}
	proposals, err := w.office().Propose(t.Context(), ids)
	w.must(err)
	fixed := 0
	for _, c := range rows {
		var i int
		_, err := fmt.Sscanf(*c.TransactionID, "T%d", &i)
		w.must(err)
		given := proposals[c.ID]
		if want := hidden[i]; want == uuid.Nil {
			if len(given) != 0 {
				t.Errorf("deposit %d: nothing points at a click, and it proposes %+v", i, given)
			}
			continue
		} else if len(given) != 1 || given[0].ClickID != want || given[0].Reason == "" {
			t.Errorf("deposit %d: %+v, want the click %s", i, given, want)
			continue
		}
		w.must(w.in.Assign(t.Context(), c.ID, intake.Assignment{ClickID: given[0].ClickID, Reason: given[0].Reason, Actor: commission.ByStaff}))
		fixed++
	}
	if fixed != 52 {
		t.Errorf("%d were fixed, want 52", fixed)
	}
	if n := w.count(`SELECT count(*) FROM deliveries`); n != 992 {
		t.Errorf("%d deliveries, want one for each of 992", n)
	}
	if n := w.count(`SELECT count(*) FROM (SELECT FROM deliveries GROUP BY conversion_id HAVING count(*) > 1) x`); n != 0 {
		t.Errorf("%d deposits fired more than once", n)
	}
	if found := w.contradictions(); len(found) > 0 {
		t.Error(strings.Join(found, "\n"))
	}
}
