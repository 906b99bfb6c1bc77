package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"postrider/account"
	"postrider/ent"
	"postrider/internal/viewer"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Create an API token and print it once."`
}

type tokenCreateCmd struct {
	Email  string   `required:"" placeholder:"ADDRESS" help:"The user of the token."`
	Name   string   `required:"" help:"The name of the token."`
	Scopes []string `placeholder:"SCOPE,…" help:"What it can do: read, write, conversions, replay, secrets; all but secrets if left out."`
}

// Run prints the token, and nothing else, to standard output.
func (c *tokenCreateCmd) Run(ctx context.Context, p *process) (err error) {
	db, err := p.joinMigrated(ctx, "token")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	token, err := p.createToken(ctx, db, c.Email, c.Name, c.Scopes)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, token)
	return nil
}

func (p *process) createToken(ctx context.Context, db *database, email, name string, scopes []string) (string, error) {
	_, token, err := p.accounts(db).CreateTokenFor(viewer.AsSystem(ctx), email, account.NewToken{Name: name, Scopes: scopes})
	return token, err
}

// joinMigrated joins a database that a command expects to be in use.
func (p *process) joinMigrated(ctx context.Context, name string) (*database, error) {
	db, err := p.joinDatabase(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := db.ready(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// accounts returns the service with which commands create users and tokens.
func (p *process) accounts(database *database) *account.Accounts {
	return account.New(account.Params{
		DB: database.SQL, Client: ent.NewClient(database.SQL), Log: p.log, Secure: p.cfg.SecureCookies(), Now: time.Now,
		ClientAddr: func(context.Context) netip.Addr { return netip.Addr{} },
	})
}
