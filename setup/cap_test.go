package setup_test

import (
	"slices"
	"testing"

	"postrider/internal/problem"
	"postrider/setup"
)

func TestStaffAloneSetACap(t *testing.T) {
	w := newWorld(t)
	id, most := w.one.Link.CampaignID, 50
	if _, err := w.setup.UpdateCampaign(w.oneCtx, id, setup.CampaignPatch{DailyCap: &most}); problem.CodeOf(err) != problem.CodeForbidden {
		t.Errorf("an affiliate sets its own cap: %v", err)
	}
	changed, err := w.setup.UpdateCampaign(w.staff, id, setup.CampaignPatch{DailyCap: &most})
	if w.must(err); *changed.DailyCap != 50 || len(w.audit("campaign")) != 1 {
		t.Errorf("the cap is %v, and %d changes are audited", changed.DailyCap, len(w.audit("campaign")))
	}
	for _, bad := range []int{-1, 2_000_000} {
		_, err := w.setup.UpdateCampaign(w.staff, id, setup.CampaignPatch{DailyCap: &bad})
		if got := fields(t, err); !slices.Equal(got, []string{"dailyCap"}) {
			t.Errorf("a cap of %d: %v", bad, err)
		}
	}
	none := 0
	changed, err = w.setup.UpdateCampaign(w.staff, id, setup.CampaignPatch{DailyCap: &none})
	if w.must(err); changed.DailyCap != nil {
		t.Errorf("without a cap it is %v", *changed.DailyCap)
	}
	offer, err := w.setup.UpdateOffer(w.staff, w.one.Offer, func(o *setup.OfferWish) { o.DailyCap = 7 })
	if w.must(err); *offer.DailyCap != 7 {
		t.Errorf("the offer's cap is %v", *offer.DailyCap)
	}
}
