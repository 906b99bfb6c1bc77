package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"postrider/internal/pg"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

// Network is the demo data of a database: the users to sign in as and the links and integrations
// to send traffic through.
type Network struct {
	Users        []User
	Links        []Link
	Integrations []Integration
}

// User is a user of the demo.
type User struct {
	Email       string
	Password    string
	Role        viewer.Role
	Label       string // role, in a few words
	AffiliateID int64  // zero for staff
	Token       string // an API token; empty unless it was just made
}

// Link is an active tracking link.
type Link struct {
	Code       string
	Email      string // its owner's
	CampaignID int64  // zero for a default link
	Campaign   string // its name; empty for a default link
	OfferID    int64
	Offer      string
	Token      string // its owner's tracker's token in param_1

	affiliate *affiliateSpec
}

// Integration is an operator's integration.
type Integration struct {
	Key        string
	OfferID    int64
	Offer      string
	Token      string // one of the two is empty
	HMACSecret string

	offer *offerSpec
}

// Find returns the demo data of a database; nil if there is none. A user whose password was
// changed is left out.
func Find(ctx context.Context, db *sql.DB, secrets *secret.Ring) (*Network, error) {
	n := &Network{}
	if err := n.findUsers(ctx, db); err != nil || len(n.Users) == 0 {
		return nil, err
	}
	if err := n.findLinks(ctx, db); err != nil {
		return nil, err
	}
	return n, n.findIntegrations(ctx, db, secrets)
}

func (n *Network) findUsers(ctx context.Context, db *sql.DB) error {
	for _, p := range people {
		u := User{Email: p.email, Password: Password, Role: p.role, Label: p.label}
		var hash string
		err := db.QueryRowContext(ctx, `SELECT password_hash, coalesce(affiliate_id, 0) FROM users WHERE email = $1 AND role = $2 AND disabled_at IS NULL`,
			p.email, p.role).Scan(&hash, &u.AffiliateID)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return fmt.Errorf("looking for the demo's users: %w", err)
		}
		match, err := secret.MatchPassword(ctx, Password, hash)
		if err != nil {
			return fmt.Errorf("looking for the demo's users: %w", err)
		}
		if match {
			n.Users = append(n.Users, u)
		}
	}
	return nil
}

func (n *Network) findLinks(ctx context.Context, db *sql.DB) error {
	var emails []string
	for _, p := range people {
		if p.affiliate >= 0 {
			emails = append(emails, p.email)
		}
	}
	return pg.Each(ctx, db, "looking for the demo's links", func(rows *sql.Rows) error {
		var l Link
		if err := rows.Scan(&l.Code, &l.Email, &l.CampaignID, &l.Campaign, &l.OfferID, &l.Offer); err != nil {
			return err
		}
		for _, p := range people {
			if p.email == l.Email {
				l.affiliate = &affiliates[p.affiliate]
				l.Token = l.affiliate.trackerOf(l.Campaign).token
			}
		}
		n.Links = append(n.Links, l)
		return nil
	}, `
		SELECT t.code, d.email, coalesce(c.id, 0), coalesce(c.name, ''), o.id, o.name
		FROM unnest($1::text[]) WITH ORDINALITY AS d(email, place)
		JOIN users u ON u.email = d.email
		JOIN tracking_links t ON t.affiliate_id = u.affiliate_id
		JOIN offers o ON o.id = t.offer_id AND o.state = 'active'
		LEFT JOIN campaigns c ON c.id = t.campaign_id
		WHERE coalesce(c.state, 'active') = 'active'
		ORDER BY c.id IS NULL, d.place, t.id`, pq.Array(emails))
}

func (n *Network) findIntegrations(ctx context.Context, db *sql.DB, secrets *secret.Ring) error {
	for i := range offers {
		s := Integration{Key: offers[i].integration, offer: &offers[i]}
		var sealed []byte
		var kind string
		err := db.QueryRowContext(ctx, `
			SELECT s.offer_id, o.name, k.kind, k.sealed FROM integrations s
			JOIN offers o ON o.id = s.offer_id AND o.state = 'active' JOIN integration_secrets k ON k.integration_id = s.id
			WHERE s.key = $1 AND s.enabled AND k.expires_at IS NULL ORDER BY k.id LIMIT 1`, s.Key).Scan(&s.OfferID, &s.Offer, &kind, &sealed)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return fmt.Errorf("looking for the demo's integrations: %w", err)
		}
		value, err := secrets.Open(sealed, secret.ForIntegration)
		if err != nil {
			return fmt.Errorf("opening the secret of integration %s: %w", s.Key, err)
		}
		if kind == secretHMAC {
			s.HMACSecret = value
		} else {
			s.Token = value
		}
		n.Integrations = append(n.Integrations, s)
	}
	return nil
}
