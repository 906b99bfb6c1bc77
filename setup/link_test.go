package setup_test

import (
	"strings"
	"testing"

	"postrider/setup"
)

func TestALandingPageIsChangedAndTakenAway(t *testing.T) {
	w := newWorld(t)
	link := w.client.TrackingLink.GetX(w.system, w.one.Link.ID)
	page, err := w.setup.CreateLandingPage(w.staff, func(p *setup.LandingPageWish) {
		p.OfferID, p.Key, p.Name, p.URL = w.one.Offer, "slots", " Slots ", "https://royalspin.example/slots?cid={click_id}"
	})
	w.must(err)
	var read setup.LandingPageWish
	moved, err := w.setup.UpdateLandingPage(w.staff, page.ID, func(p *setup.LandingPageWish) { read = *p; p.OfferID, p.Key = w.other.Offer, "all-slots" })
	w.must(err)
	if read.Name != "Slots" || moved.Key != "all-slots" || moved.OfferID != w.one.Offer || moved.URL != page.URL {
		t.Errorf("read %+v, now %+v: it stays with its offer", read, moved)
	}
	wish := setup.LinkWish{LandingPage: "all-slots"}
	built, err := w.setup.BuildLink(w.oneCtx, w.client, link, wish)
	if w.must(err); !strings.HasPrefix(built.Destination, "https://royalspin.example/slots?cid=") {
		t.Errorf("the link leads to %s", built.Destination)
	}
	if _, err := w.setup.BuildLink(w.oneCtx, w.client, link, setup.LinkWish{LandingPage: "slots"}); said(err) != "INVALID landingPage" {
		t.Errorf("by its old key: %v", err)
	}
	w.must(w.setup.DeleteLandingPage(w.staff, page.ID))
	_, err = w.setup.BuildLink(w.oneCtx, w.client, link, wish)
	if said(err) != "INVALID landingPage" || !strings.Contains(err.Error(), "choose one of welcome") {
		t.Errorf("of a page that is gone: %v", err)
	}
}

func TestADeepLinkOfAnOfferWithoutHostsIsRefusedInWords(t *testing.T) {
	w := newWorld(t)
	_, err := w.setup.UpdateOffer(w.staff, w.one.Offer, func(o *setup.OfferWish) { o.DeepLinkHosts = nil })
	w.must(err)
	link := w.client.TrackingLink.GetX(w.system, w.one.Link.ID)
	_, err = w.setup.BuildLink(w.oneCtx, w.client, link, setup.LinkWish{DeepLink: "https://royalspin.example/slots"})
	if said(err) != "INVALID deepLink" || !strings.HasSuffix(err.Error(), "only: none") {
		t.Errorf("%v", err)
	}
	for i, length := range []int{512, 513} {
		var params [3]string
		params[i+1] = strings.Repeat("x", length)
		_, err := w.setup.BuildLink(w.oneCtx, w.client, link, setup.LinkWish{Params: params})
		if want := []string{"", "INVALID param3"}[i]; said(err) != want {
			t.Errorf("a param of %d bytes: %v, want %q", length, err, want)
		}
	}
}
