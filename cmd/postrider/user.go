package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"postrider/account"
	"postrider/internal/globalid"
	"postrider/internal/ids"
	"postrider/internal/secret"
	"postrider/internal/viewer"
)

type userCmd struct {
	Create userCreateCmd `cmd:"" help:"Create a user. The password is the first line of standard input; without one it is generated and printed once."`
}

type userCreateCmd struct {
	Email     string      `required:"" placeholder:"ADDRESS" help:"What the user signs in with."`
	Role      string      `required:"" enum:"admin,manager,affiliate" help:"admin, manager or affiliate."`
	Affiliate affiliateID `placeholder:"ID" help:"The affiliate of a user with the role affiliate: its number, or its id in the API."`
}

// affiliateID is an affiliate's key in any form that people copy.
type affiliateID int64

// UnmarshalText parses a number or a global id; kong calls it.
func (id *affiliateID) UnmarshalText(text []byte) error {
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil && n > 0 {
		*id = affiliateID(n)
		return nil
	}
	if global, ok := globalid.Parse(string(text)); ok && global.Kind == "Affiliate" {
		if n, ok := global.Int(); ok {
			*id = affiliateID(n)
			return nil
		}
	}
	return fmt.Errorf("%q is not an affiliate's id", text)
}

// Run creates the user.
func (c *userCreateCmd) Run(ctx context.Context, p *process) (err error) {
	password, err := firstLine(p.stdin)
	if err != nil {
		return err
	}
	made := password == ""
	if made {
		password = secret.Random()[:20]
	}
	db, err := p.joinMigrated(ctx, "user")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	u, err := p.accounts(db).CreateUser(viewer.AsSystem(ctx), account.NewUser{
		Email: c.Email, Password: password, Role: viewer.Role(c.Role), AffiliateID: ids.Affiliate(c.Affiliate),
	})
	if err != nil {
		return err
	}
	if made {
		fmt.Fprintf(p.stdout, "Created %s. The password (shown once):\n%s\n", u.Email, password)
	} else {
		fmt.Fprintf(p.stdout, "Created %s.\n", u.Email)
	}
	return nil
}

// firstLine reads a password from a pipe. A terminal is not read: a password is generated
// instead.
func firstLine(in io.Reader) (string, error) {
	if in == nil {
		return "", nil
	}
	if file, ok := in.(*os.File); ok {
		if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice != 0 {
			return "", nil //nolint:nilerr // no standard input at all
		}
	}
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
