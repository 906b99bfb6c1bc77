package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/secret"
	"postrider/macro"
)

// version is what a delivery needs of its postback's version.
type version struct {
	template *macro.Template
	method   dispatch.Method
	rule     dispatch.BodyRule
	secret   string // signs POSTs
}

// versionLimit bounds how many versions are kept in memory.
const versionLimit = 50_000

// versions keeps parsed versions of postbacks. A version never changes; the
// secret beside it does, and then all is forgotten.
type versions struct {
	secrets *secret.Key

	mu   sync.RWMutex
	kept map[int64]*version
}

// querier is a transaction or a pool. Whoever is in a transaction reads there:
// nobody waits for a second connection while holding one.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func newVersions(secrets *secret.Key) *versions {
	return &versions{secrets: secrets, kept: make(map[int64]*version)}
}

func (v *versions) get(ctx context.Context, on querier, id int64) (*version, error) {
	v.mu.RLock()
	found := v.kept[id]
	v.mu.RUnlock()
	if found != nil {
		return found, nil
	}
	found, err := v.load(ctx, on, id)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.kept) >= versionLimit {
		clear(v.kept)
	}
	v.kept[id] = found
	return found, nil
}

func (v *versions) load(ctx context.Context, on querier, id int64) (*version, error) {
	var found version
	var template string
	var rule, sealed []byte
	err := on.QueryRow(ctx, `
		SELECT v.url_template, v.method, v.body_rule, p.signing_secret
		FROM postback_versions v JOIN postbacks p ON p.id = v.postback_id WHERE v.id = $1`, id).
		Scan(&template, &found.method, &rule, &sealed)
	if err != nil {
		return nil, fmt.Errorf("reading version %d: %w", id, err)
	}
	if found.template, err = macro.Parse(template); err != nil {
		return nil, fmt.Errorf("reading the template of version %d: %w", id, err)
	}
	if len(rule) > 0 {
		if err := json.Unmarshal(rule, &found.rule); err != nil {
			return nil, fmt.Errorf("reading the body rule of version %d: %w", id, err)
		}
	}
	if found.method == dispatch.POST {
		if found.secret, err = v.secrets.Open(sealed, secret.ForPostback); err != nil {
			return nil, fmt.Errorf("opening the signing secret of version %d: %w", id, err)
		}
	}
	return &found, nil
}

func (v *versions) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.kept)
}
