package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"postrider/domain/firing"
	"postrider/domain/macro"
	"postrider/internal/secret"
)

// version is what a delivery needs of its postback's version.
type version struct {
	template   *macro.Template
	clickMacro macro.Name // that carries the tracker's click id; empty for none
	method     firing.Method
	rule       firing.BodyRule
	secret     string // signs POSTs
	old        string // signs them too
	oldUntil   time.Time
}

// versionLimit bounds how many versions are cached.
const versionLimit = 50_000

// versions caches versions of postbacks, parsed. They never change; when the secret beside
// one does, the cache is dropped.
type versions struct {
	secrets *secret.Ring

	mu      sync.RWMutex
	kept    map[int64]*version
	loading sync.Mutex // one goroutine at a time loads a version
}

// querier is a transaction or a pool.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func newVersions(secrets *secret.Ring) *versions {
	return &versions{secrets: secrets, kept: make(map[int64]*version)}
}

// get returns a version. The caller is in no transaction: it may have to wait for another's
// read.
func (v *versions) get(ctx context.Context, pool *pgxpool.Pool, id int64) (*version, error) {
	if found := v.known(id); found != nil {
		return found, nil
	}
	v.loading.Lock()
	defer v.loading.Unlock()
	return v.getIn(ctx, pool, id)
}

func (v *versions) known(id int64) *version {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.kept[id]
}

// getIn returns a version to a caller in a transaction, and reads there: no goroutine waits
// for a second connection while holding one.
func (v *versions) getIn(ctx context.Context, on querier, id int64) (*version, error) {
	if found := v.known(id); found != nil {
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
	var rule, sealed, old []byte
	var oldUntil *time.Time
	err := on.QueryRow(ctx, `
		SELECT v.url_template, v.method, v.body_rule, p.signing_secret, p.retired_signing_secret, p.retired_signing_secret_until
		FROM postback_versions v JOIN postbacks p ON p.id = v.postback_id WHERE v.id = $1`, id).
		Scan(&template, &found.method, &rule, &sealed, &old, &oldUntil)
	if err != nil {
		return nil, fmt.Errorf("reading version %d: %w", id, err)
	}
	if found.template, err = macro.ParseFor(template, macro.Aggregated); err != nil {
		return nil, fmt.Errorf("reading the template of version %d: %w", id, err)
	}
	found.clickMacro, _ = firing.ClickMacro(found.template)
	if len(rule) > 0 {
		if err := json.Unmarshal(rule, &found.rule); err != nil {
			return nil, fmt.Errorf("reading the body rule of version %d: %w", id, err)
		}
	}
	if found.method == firing.POST {
		if found.secret, err = v.secrets.Open(sealed, secret.ForPostback); err != nil {
			return nil, fmt.Errorf("opening the signing secret of version %d: %w", id, err)
		}
		if oldUntil != nil {
			found.oldUntil = *oldUntil
			if found.old, err = v.secrets.Open(old, secret.ForPostback); err != nil {
				return nil, fmt.Errorf("opening the old signing secret of version %d: %w", id, err)
			}
		}
	}
	return &found, nil
}

// oldSecret returns the one that still signs beside the new one; empty for none.
func (v *version) oldSecret(now time.Time) string {
	if now.Before(v.oldUntil) {
		return v.old
	}
	return ""
}

func (v *versions) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.kept)
}
