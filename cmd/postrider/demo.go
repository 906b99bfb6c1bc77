package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"postrider/account"
	"postrider/demo"
	"postrider/ent/migrations"
	"postrider/graph/gen"
	"postrider/internal/enum"
	"postrider/internal/globalid"
	"postrider/internal/installation"
	"postrider/internal/pg"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

type demoCmd struct {
	Live   bool    `help:"Then generate traffic through the Postrider at --public-url until stopped."`
	Rate   float64 `default:"1" placeholder:"N" help:"Clicks per second with --live (${default})."`
	Clicks int     `default:"45000" placeholder:"N" help:"The number of clicks in the month (${default})."`
	JSON   bool    `help:"Print only the users, links and integrations, as JSON. If there is demo data already, new API tokens replace the old ones."`
}

// Validate checks the numeric flags.
func (c *demoCmd) Validate() error { return checkDemo("", c.Rate, c.Clicks) }

// checkDemo checks the flags that two commands share, under a prefix.
func checkDemo(prefix string, rate float64, clicks int) error {
	if !(rate >= 0 && rate <= 1000) {
		return fmt.Errorf("--%srate: is %v; want 0 to 1000 clicks per second", prefix, rate)
	}
	if clicks < 0 || clicks > 1_000_000 {
		return fmt.Errorf("--%sclicks: is %d; want 0 to 1000000", prefix, clicks)
	}
	return nil
}

// Run fills an empty database, and generates traffic with --live.
func (c *demoCmd) Run(ctx context.Context, p *process) (err error) {
	db, err := p.joinDatabase(ctx, "demo")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := pg.Migrate(ctx, db.SQL, migrations.FS); err != nil {
		return err
	}
	if err := p.findURL(ctx, db); err != nil {
		return err
	}
	key, err := installation.Unlock(ctx, db.SQL, p.cfg.Key, p.cfg.Data)
	if err != nil {
		return err
	}
	network, err := p.fillDemo(ctx, db, key, c.Clicks)
	switch {
	case err != nil && !errors.Is(err, demo.ErrNotEmpty):
		return err
	case network == nil:
		return demo.ErrNotEmpty
	case err != nil && !c.Live && !c.JSON:
		return fmt.Errorf("%w; this is demo data: --json prints how to sign in, --live continues its traffic", err)
	}
	if c.JSON {
		if err := p.demoTokens(ctx, db, network); err != nil {
			return err
		}
		err = printJSON(p.stdout, network, p.cfg.PublicURL)
	} else {
		err = printNetwork(p.stdout, network, p.cfg.PublicURL)
	}
	if err != nil || !c.Live {
		return err
	}
	demo.NewTraffic(demo.TrafficConfig{Network: network, URL: p.cfg.PublicURL, Rate: c.Rate, Log: p.log}).Run(ctx)
	return nil
}

// findURL sets a missing public URL to that of the process that serves this database.
func (p *process) findURL(ctx context.Context, db *database) error {
	if p.cfg.PublicURLGiven() {
		return nil
	}
	running, err := installation.URL(ctx, db.SQL)
	if err == nil && running != "" {
		p.cfg.PublicURL = running
	}
	return err
}

// fillDemo fills an empty database. With ErrNotEmpty it returns the existing demo data, or nil
// if the data is not the demo's.
func (p *process) fillDemo(ctx context.Context, db *database, key *secret.Ring, clicks int) (*demo.Network, error) {
	network, err := demo.Fill(ctx, demo.Params{
		DB: db.SQL, Secrets: key, PublicURL: p.cfg.PublicURL, UserAgent: p.userAgent(), Clicks: clicks, Seed: 1,
	})
	if !errors.Is(err, demo.ErrNotEmpty) {
		return network, err
	}
	network, findErr := demo.Find(ctx, db.SQL, key)
	if findErr != nil {
		return nil, findErr
	}
	return network, err
}

// demoTokens makes API tokens for the users whose token cannot be shown any more: new ones
// replace those that were made here before.
func (p *process) demoTokens(ctx context.Context, db *database, network *demo.Network) error {
	accounts := p.accounts(db)
	for i, u := range network.Users {
		if u.Token != "" {
			continue
		}
		_, token, err := accounts.ReplaceTokenFor(viewer.AsSystem(ctx), u.Email, account.NewToken{Name: demo.TokenName, Scopes: enum.Strings(viewer.Scopes())})
		if err != nil {
			return err
		}
		network.Users[i].Token = token
	}
	return nil
}

// demoUsers returns the users that the sign-in page offers.
func demoUsers(network *demo.Network) []*gen.DemoUser {
	users := []*gen.DemoUser{}
	for _, u := range network.Users {
		users = append(users, &gen.DemoUser{Email: u.Email, Password: u.Password, Role: u.Role, Label: u.Label})
	}
	return users
}

// printJSON writes the demo's data for programs, in the format of the contract.
func printJSON(w io.Writer, network *demo.Network, publicURL string) error {
	type user struct {
		Email       string  `json:"email"`
		Password    string  `json:"password"`
		Role        string  `json:"role"`
		AffiliateID *string `json:"affiliateId"` // null for staff
		Token       string  `json:"token"`
	}
	type link struct {
		Code       string  `json:"code"`
		URL        string  `json:"url"`
		Email      string  `json:"email"`
		CampaignID *string `json:"campaignId"` // null for a default link
		OfferID    string  `json:"offerId"`
	}
	type integration struct {
		Key        string  `json:"key"`
		Token      *string `json:"token"`
		HMACSecret *string `json:"hmacSecret"`
		OfferID    string  `json:"offerId"`
	}
	out := struct {
		Users        []user        `json:"users"`
		Links        []link        `json:"links"`
		Integrations []integration `json:"integrations"`
	}{}
	for _, u := range network.Users {
		out.Users = append(out.Users, user{u.Email, u.Password, string(u.Role), idOrNull("Affiliate", u.AffiliateID), u.Token})
	}
	for _, l := range network.Links {
		out.Links = append(out.Links, link{l.Code, publicURL + "/c/" + l.Code, l.Email, idOrNull("Campaign", l.CampaignID), globalid.Int("Offer", l.OfferID)})
	}
	for _, s := range network.Integrations {
		out.Integrations = append(out.Integrations, integration{s.Key, textOrNull(s.Token), textOrNull(s.HMACSecret), globalid.Int("Offer", s.OfferID)})
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func idOrNull(kind string, id int64) *string {
	if id == 0 {
		return nil
	}
	global := globalid.Int(kind, id)
	return &global
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// printNetwork writes how to use the demo, for people.
func printNetwork(w io.Writer, network *demo.Network, publicURL string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\nPostrider with demo data on %s\n\nSign in as\tpassword\n", publicURL)
	tokens := false
	for _, u := range network.Users {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", u.Email, u.Password, u.Label)
		tokens = tokens || u.Token != ""
	}
	if tokens {
		fmt.Fprint(table, "\nAPI tokens (shown once)\n")
		for _, u := range network.Users {
			fmt.Fprintf(table, "  %s\t%s\n", u.Email, u.Token)
		}
	} else if len(network.Users) > 0 {
		fmt.Fprintf(table, "\nThe demo's API tokens were shown when they were created. Create a new one:\n  postrider token create --email %s --name try\n", network.Users[0].Email)
	}
	fmt.Fprint(table, "\nTracking links of campaigns\n")
	for _, l := range network.Links {
		if l.CampaignID != 0 {
			fmt.Fprintf(table, "  %s/c/%s?param_1=%s\t%s, %s (%s)\n", publicURL, l.Code, l.Token, l.Campaign, l.Offer, l.Email)
		}
	}
	fmt.Fprint(table, "\nOperators report conversions to\n")
	for _, s := range network.Integrations {
		if s.Token != "" {
			fmt.Fprintf(table, "  %s/postback/%s?token=%s\t%s\n", publicURL, s.Key, s.Token, s.Offer)
		} else {
			fmt.Fprintf(table, "  %s/postback/%s\t%s, signed by HMAC-SHA256 with %s\n", publicURL, s.Key, s.Offer, s.HMACSecret)
		}
	}
	fmt.Fprintln(table)
	return table.Flush()
}
