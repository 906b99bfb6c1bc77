package report

import (
	"context"
	"database/sql"
	"time"

	"postrider/internal/problem"
	"postrider/internal/viewer"
)

// StaffHome is what waits for the network's staff.
type StaffHome struct {
	Unattributed         int        // up to MaxUnattributed
	OldestUnattributedAt *time.Time // nil if there is none
	Clashes              int        // that are open, up to MaxUnattributed
	Silent               []*SilentIntegration
	Refused              []*RefusedCalls
	DeadDestinations     []*DeadDestination
	Circuits             []*Endpoint // that are not closed
	WithoutParam         []*AffiliateWithoutParam
}

// MaxUnattributed is up to how many unattributed conversions and clashes are counted.
const MaxUnattributed = 10_000

// How long an integration may be silent, and within which time it must have been called at all; how far
// back refused calls and clicks without param_1 are counted; and how many of each are listed.
const (
	silentAfter = 24 * time.Hour
	calledSince = 7 * 24 * time.Hour
	staffWindow = 24 * time.Hour
	mostListed  = 20
)

// SilentIntegration is an integration that was called in the last week, and not in the last day.
type SilentIntegration struct {
	IntegrationID int64
	LastCallAt    time.Time
}

// RefusedCalls are an integration's calls of the last day that were refused for one reason.
type RefusedCalls struct {
	IntegrationID  *int64 // nil if no integration has the key
	IntegrationKey string
	Result         string
	Count          int
	Reason         string // of the last call
	LastAt         time.Time
}

// DeadDestination is a page of an active offer that does not answer.
type DeadDestination struct {
	OfferID       int64
	LandingPageID *int64 // nil for the offer's destination
	URL           string // its template
}

// AffiliateWithoutParam is an affiliate with clicks of the last day that came without param_1.
type AffiliateWithoutParam struct {
	AffiliateID int64
	Clicks      int
	Without     int
}

// OfStaff returns what waits for staff, to staff only.
func (h *Home) OfStaff(ctx context.Context) (*StaffHome, error) {
	scope, err := viewer.RowScopeFrom(ctx)
	if err != nil {
		return nil, err
	}
	if !scope.All() {
		return nil, problem.Forbidden("what waits for staff is for staff")
	}
	var s StaffHome
	for _, read := range []func(context.Context, viewer.RowScope, *StaffHome) error{h.unattributed, h.clashes, h.silent, h.refused, h.deadDestinations, h.circuits, h.withoutParam} {
		if err := read(ctx, scope, &s); err != nil {
			return nil, err
		}
	}
	return &s, nil
}

func (h *Home) unattributed(ctx context.Context, scope viewer.RowScope, s *StaffHome) error {
	return h.DB.One(ctx, scope, "counting unattributed conversions", []any{&s.Unattributed, &s.OldestUnattributedAt}, `
		SELECT (SELECT count(*) FROM (SELECT FROM conversions WHERE affiliate_id IS NULL LIMIT $1) u),
		       (SELECT received_at FROM conversions WHERE affiliate_id IS NULL ORDER BY id LIMIT 1)`, MaxUnattributed)
}

func (h *Home) clashes(ctx context.Context, scope viewer.RowScope, s *StaffHome) error {
	return h.DB.One(ctx, scope, "counting clashes", []any{&s.Clashes}, `
		SELECT count(*) FROM (SELECT FROM clashes WHERE resolution IS NULL LIMIT $1) u`, MaxUnattributed)
}

// silent finds the integrations of running offers whose operator called in the last week and then stopped.
// An integration in test mode is still being set up.
func (h *Home) silent(ctx context.Context, scope viewer.RowScope, s *StaffHome) error {
	now := h.Now().UTC()
	return h.DB.Each(ctx, scope, "looking for silent integrations", func(rows *sql.Rows) error {
		var i SilentIntegration
		s.Silent = append(s.Silent, &i)
		return rows.Scan(&i.IntegrationID, &i.LastCallAt)
	}, `
		SELECT i.id, l.received_at FROM integrations i JOIN offers o ON o.id = i.offer_id JOIN LATERAL (
		  SELECT r.received_at FROM received_postbacks r WHERE r.integration_id = i.id AND r.id >= uuid_floor($1) ORDER BY r.id DESC LIMIT 1) l ON true
		WHERE i.enabled AND NOT i.test_mode AND o.state = 'active' AND l.received_at < $2
		ORDER BY l.received_at, i.id`, now.Add(-calledSince), now.Add(-silentAfter))
}

// refused counts the calls that were answered with an error: those of unknown integrations too.
func (h *Home) refused(ctx context.Context, scope viewer.RowScope, s *StaffHome) error {
	return h.DB.Each(ctx, scope, "counting refused calls", func(rows *sql.Rows) error {
		var r RefusedCalls
		s.Refused = append(s.Refused, &r)
		return rows.Scan(&r.IntegrationID, &r.IntegrationKey, &r.Result, &r.Count, &r.Reason, &r.LastAt)
	}, `
		SELECT integration_id, integration_key, result, count(*), (array_agg(reason ORDER BY id DESC))[1], max(received_at)
		FROM received_postbacks WHERE id >= uuid_floor($1) AND status_code >= 400
		GROUP BY integration_id, integration_key, result ORDER BY 4 DESC, 2, 3 LIMIT $2`, h.Now().UTC().Add(-staffWindow), mostListed)
}

func (h *Home) deadDestinations(ctx context.Context, scope viewer.RowScope, s *StaffHome) error {
	return h.DB.Each(ctx, scope, "reading dead destinations", func(rows *sql.Rows) error {
		var d DeadDestination
		s.DeadDestinations = append(s.DeadDestinations, &d)
		return rows.Scan(&d.OfferID, &d.LandingPageID, &d.URL)
	}, `
		SELECT u.offer_id, u.page_id, c.url FROM destination_checks c JOIN (
		  SELECT id AS offer_id, NULL::bigint AS page_id, destination_url AS url FROM offers WHERE state = 'active'
		  UNION ALL
		  SELECT o.id, l.id, l.url FROM landing_pages l JOIN offers o ON o.id = l.offer_id WHERE o.state = 'active' AND l.archived_at IS NULL) u ON u.url = c.url
		WHERE c.dead_since IS NOT NULL ORDER BY c.dead_since, u.offer_id, u.page_id NULLS FIRST LIMIT $1`, mostListed)
}

func (h *Home) circuits(ctx context.Context, scope viewer.RowScope, s *StaffHome) error {
	return h.DB.Each(ctx, scope, "reading open circuits", func(rows *sql.Rows) error {
		var e Endpoint
		s.Circuits = append(s.Circuits, &e)
		return rows.Scan(e.columns()...)
	}, `
		SELECT `+endpointColumns+` FROM (SELECT endpoint FROM endpoints WHERE state <> 'closed' ORDER BY endpoint LIMIT $1) u
		JOIN endpoints c ON c.endpoint = u.endpoint ORDER BY 6 DESC, 1`, mostListed, MaxWaiting)
}

func (h *Home) withoutParam(ctx context.Context, scope viewer.RowScope, s *StaffHome) error {
	return h.DB.Each(ctx, scope, "counting clicks without param_1", func(rows *sql.Rows) error {
		var a AffiliateWithoutParam
		s.WithoutParam = append(s.WithoutParam, &a)
		return rows.Scan(&a.AffiliateID, &a.Clicks, &a.Without)
	}, `
		SELECT affiliate_id, count(*), count(*) FILTER (WHERE param_1 = '') AS without
		FROM clicks WHERE id >= uuid_floor($1) AND NOT test GROUP BY affiliate_id HAVING count(*) FILTER (WHERE param_1 = '') > 0
		ORDER BY without DESC, affiliate_id LIMIT $2`, h.Now().UTC().Add(-staffWindow), mostListed)
}
