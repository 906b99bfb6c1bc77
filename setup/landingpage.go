package setup

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	"postrider/ent/db"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/landing"
)

// LandingPageWish is a landing page as staff enter it.
type LandingPageWish struct {
	OfferID int64 // of a new one
	Key     string
	Name    string
	URL     string
}

// CreateLandingPage creates a landing page of an offer: fill sets its values.
func (s *Setup) CreateLandingPage(ctx context.Context, fill func(*LandingPageWish)) (*db.LandingPage, error) {
	var made *db.LandingPage
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		var wish LandingPageWish
		fill(&wish)
		if err := checkLandingPage(&wish); err != nil {
			return err
		}
		if _, err := c.client.Offer.Get(ctx, wish.OfferID); err != nil {
			return missing(err, "offerId", "offer")
		}
		var err error
		made, err = c.client.LandingPage.Create().SetOfferID(wish.OfferID).SetKey(wish.Key).SetName(wish.Name).SetURL(wish.URL).Save(ctx)
		if err := keptLandingPage(wish, err); err != nil {
			return err
		}
		if err := landing.Due(ctx, c.tx, wish.URL, c.now); err != nil {
			return err
		}
		return c.audit(ctx, Act{Action: "create", Entity: "landing_page", ID: fmt.Sprint(made.ID), After: made})
	})
	return made, err
}

// UpdateLandingPage changes a landing page: patch modifies its current values. Its offer stays.
func (s *Setup) UpdateLandingPage(ctx context.Context, id int64, patch func(*LandingPageWish)) (*db.LandingPage, error) {
	var changed *db.LandingPage
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		before, err := c.client.LandingPage.Get(ctx, id)
		if err != nil {
			return missing(err, "id", "landing page")
		}
		wish := LandingPageWish{OfferID: before.OfferID, Key: before.Key, Name: before.Name, URL: before.URL}
		patch(&wish)
		if err := checkLandingPage(&wish); err != nil {
			return err
		}
		changed, err = c.client.LandingPage.UpdateOne(before).SetKey(wish.Key).SetName(wish.Name).SetURL(wish.URL).Save(ctx)
		if err := keptLandingPage(wish, err); err != nil {
			return err
		}
		if err := landing.Due(ctx, c.tx, wish.URL, c.now); err != nil {
			return err
		}
		return c.audit(ctx, Act{Action: "update", Entity: "landing_page", ID: fmt.Sprint(id), Before: before, After: changed})
	})
	return changed, err
}

func checkLandingPage(w *LandingPageWish) error {
	name, err := cleanName(w.Name)
	w.Name = name
	return wrong(append(checkDestination("url", w.URL), problem.From(err), at("key", checkKey(w.Key)))...)
}

// keptLandingPage says what is wrong where saving failed.
func keptLandingPage(w LandingPageWish, err error) error {
	if pg.IsUnique(err, "landing_pages_offer_id_key") {
		return problem.Conflict("key", "the offer already has a landing page %q", w.Key)
	}
	return saved("landing page", err)
}

var pageKey = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

func checkKey(key string) error {
	if !pageKey.MatchString(key) {
		return errors.New("is the value of lp= in the link: use lower-case letters, digits, - and _")
	}
	return nil
}
