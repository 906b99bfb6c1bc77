package backoffice

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/lib/pq"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/intake"
	"postrider/internal/enum"
	"postrider/internal/pg"
)

// ProposalKind is why a click is proposed for an unattributed conversion.
type ProposalKind string

// The kinds, surest first.
const (
	ClickElsewhere  ProposalKind = "click_elsewhere"  // its id was in another parameter
	LateClick       ProposalKind = "late_click"       // it is the click named, but outside the offer's window
	SamePlayer      ProposalKind = "same_player"      // the player's other conversions are attributed to it
	SameTransaction ProposalKind = "same_transaction" // another goal of the same transaction is attributed to it
	ParamElsewhere  ProposalKind = "param_elsewhere"  // its param_1..3 was in a parameter
)

// ProposalKinds lists every kind, surest first.
func ProposalKinds() []ProposalKind {
	return []ProposalKind{ClickElsewhere, LateClick, SamePlayer, SameTransaction, ParamElsewhere}
}

// MarshalGQL writes the GraphQL name, for example SAME_PLAYER.
func (k ProposalKind) MarshalGQL(w io.Writer) { enum.Write(w, k) }

// UnmarshalGQL reads the GraphQL name.
func (k *ProposalKind) UnmarshalGQL(v any) error { return enum.Read(v, k, ProposalKinds()) }

// Proposal is a click that an unattributed conversion may belong to.
type Proposal struct {
	ClickID uuid.UUID
	Kind    ProposalKind
	Reason  string // one sentence
}

// How far back a param value is searched for, and its minimum length in bytes.
const (
	paramWindow   = 90 * 24 * time.Hour
	shortestParam = 6
)

// orphan is an unattributed conversion with the facts by which its click may be found.
type orphan struct {
	id          uuid.UUID
	operator    string
	integration int64
	player      uuid.NullUUID
	transaction string
	reported    string
	received    time.Time
	values      map[string]string // parameters of the calls that reported it, by name
	proposals   []Proposal
}

// propose adds a click once, by the first reason that finds it.
func (o *orphan) propose(click uuid.UUID, kind ProposalKind, format string, args ...any) {
	if !slices.ContainsFunc(o.proposals, func(p Proposal) bool { return p.ClickID == click }) {
		o.proposals = append(o.proposals, Proposal{ClickID: click, Kind: kind, Reason: fmt.Sprintf(format, args...)})
	}
}

// Propose returns the clicks that unattributed conversions may belong to, surest first. The
// number of statements does not depend on the number of conversions.
func (office *Office) Propose(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]Proposal, error) {
	orphans, err := office.orphans(ctx, ids)
	if err != nil || len(orphans) == 0 {
		return nil, err
	}
	for _, step := range []func(context.Context, []*orphan) error{office.heard, office.byClickID, office.byPlayer, office.byTransaction, office.byParam} {
		if err := step(ctx, orphans); err != nil {
			return nil, err
		}
	}
	found := make(map[uuid.UUID][]Proposal, len(orphans))
	for _, o := range orphans {
		found[o.id] = o.proposals
	}
	return found, nil
}

func texts(ids []uuid.UUID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = id.String()
	}
	return list
}

func (office *Office) orphans(ctx context.Context, ids []uuid.UUID) ([]*orphan, error) {
	var found []*orphan
	err := pg.Each(ctx, office.Intake.DB, "reading unattributed conversions", func(rows *sql.Rows) error {
		o := &orphan{values: map[string]string{}}
		found = append(found, o)
		return rows.Scan(&o.id, &o.operator, &o.integration, &o.player, &o.transaction, &o.reported, &o.received)
	}, `
		SELECT c.id, o.operator, c.integration_id, c.player_id, coalesce(c.transaction_id, ''), c.reported_click_id, c.received_at
		FROM conversions c JOIN integrations s ON s.id = c.integration_id JOIN offers o ON o.id = s.offer_id
		WHERE c.id = ANY($1::uuid[]) AND c.affiliate_id IS NULL ORDER BY c.id`, pq.Array(texts(ids)))
	return found, err
}

// heard reads every parameter of the calls that reported the conversions, or those that they
// replace.
func (office *Office) heard(ctx context.Context, orphans []*orphan) error {
	byID := map[uuid.UUID]*orphan{}
	ids := make([]uuid.UUID, len(orphans))
	for i, o := range orphans {
		byID[o.id], ids[i] = o, o.id
	}
	return pg.Each(ctx, office.Intake.DB, "reading the calls of unattributed conversions", func(rows *sql.Rows) error {
		var id uuid.UUID
		var query, body string
		if err := rows.Scan(&id, &query, &body); err != nil {
			return err
		}
		maps.Copy(byID[id].values, inbound.Heard(query, body))
		return nil
	}, `
		WITH RECURSIVE reported AS (
		  SELECT id, id AS since FROM unnest($1::uuid[]) id
		  UNION ALL SELECT r.id, c.id FROM reported r JOIN conversions c ON c.replaced_by = r.since)
		SELECT c.id, p.query, p.body FROM reported c JOIN received_postbacks p ON p.conversion_id = c.since ORDER BY p.id`, pq.Array(texts(ids)))
}

// byClickID looks for click ids in any parameter.
func (office *Office) byClickID(ctx context.Context, orphans []*orphan) error {
	var named []uuid.UUID
	for _, o := range orphans {
		for _, value := range o.values {
			if id, ok := intake.ClickUUID(value); ok {
				named = append(named, id)
			}
		}
		if id, ok := intake.ClickUUID(o.reported); ok {
			named = append(named, id)
		}
	}
	operators, err := office.operatorsOf(ctx, named)
	if err != nil {
		return err
	}
	for _, o := range orphans {
		if id, ok := intake.ClickUUID(o.reported); ok && operators[id] == o.operator {
			o.propose(id, LateClick, "The click that the operator reported, outside the offer's attribution window.")
		}
		for _, name := range sortedNames(o.values) {
			if id, ok := intake.ClickUUID(o.values[name]); ok && operators[id] == o.operator {
				o.propose(id, ClickElsewhere, "The click id came in the parameter %s.", name)
			}
		}
	}
	return nil
}

func sortedNames(values map[string]string) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// operatorsOf returns, for the clicks that exist, the operators of their offers.
func (office *Office) operatorsOf(ctx context.Context, clicks []uuid.UUID) (map[uuid.UUID]string, error) {
	found := map[uuid.UUID]string{}
	if len(clicks) == 0 {
		return found, nil
	}
	err := pg.Each(ctx, office.Intake.DB, "reading clicks", func(rows *sql.Rows) error {
		var id uuid.UUID
		var operator string
		err := rows.Scan(&id, &operator)
		found[id] = operator
		return err
	}, `SELECT c.id, o.operator FROM clicks c JOIN offers o ON o.id = c.offer_id WHERE c.id = ANY($1::uuid[])`, pq.Array(texts(clicks)))
	return found, err
}

// byPlayer looks for other conversions of the same player.
func (office *Office) byPlayer(ctx context.Context, orphans []*orphan) error {
	var players []uuid.UUID
	for _, o := range orphans {
		if o.player.Valid {
			players = append(players, o.player.UUID)
		}
	}
	if len(players) == 0 {
		return nil
	}
	return pg.Each(ctx, office.Intake.DB, "reading the players of unattributed conversions", func(rows *sql.Rows) error {
		var player, click uuid.UUID
		if err := rows.Scan(&player, &click); err != nil {
			return err
		}
		for _, o := range orphans {
			if o.player.Valid && o.player.UUID == player {
				o.propose(click, SamePlayer, "Other conversions of the player have this click.")
			}
		}
		return nil
	}, `
		SELECT id, click_id FROM players WHERE id = ANY($1::uuid[]) AND click_id IS NOT NULL
		UNION SELECT player_id, click_id FROM conversions WHERE player_id = ANY($1::uuid[]) AND click_id IS NOT NULL AND undone_at IS NULL
		ORDER BY 1, 2`, pq.Array(texts(players)))
}

// byTransaction looks for another goal of the same transaction.
func (office *Office) byTransaction(ctx context.Context, orphans []*orphan) error {
	var transactions []string
	for _, o := range orphans {
		if o.transaction != "" {
			transactions = append(transactions, o.transaction)
		}
	}
	if len(transactions) == 0 {
		return nil
	}
	return pg.Each(ctx, office.Intake.DB, "reading the transactions of unattributed conversions", func(rows *sql.Rows) error {
		var transaction, goal string
		var integration int64
		var click uuid.UUID
		if err := rows.Scan(&transaction, &integration, &goal, &click); err != nil {
			return err
		}
		for _, o := range orphans {
			if o.transaction == transaction && o.integration == integration {
				o.propose(click, SameTransaction, "The same transaction has this click, with the goal %s.", goal)
			}
		}
		return nil
	}, `
		SELECT transaction_id, integration_id, goal, click_id FROM conversions
		WHERE transaction_id = ANY($1) AND click_id IS NOT NULL AND undone_at IS NULL ORDER BY id`, pq.Array(transactions))
}

// byParam looks for clicks whose own params were returned as a parameter's value.
func (office *Office) byParam(ctx context.Context, orphans []*orphan) error {
	var values []string
	var newest time.Time
	for _, o := range orphans {
		for name, value := range o.values {
			if worthLooking(name, value) {
				values = append(values, value)
			}
		}
		if o.received.After(newest) {
			newest = o.received
		}
	}
	if len(values) == 0 {
		return nil
	}
	return pg.Each(ctx, office.Intake.DB, "looking for params of clicks", func(rows *sql.Rows) error {
		var click uuid.UUID
		var operator string
		var params [3]string
		if err := rows.Scan(&click, &operator, &params[0], &params[1], &params[2]); err != nil {
			return err
		}
		for _, o := range orphans {
			for _, name := range sortedNames(o.values) {
				if at := slices.Index(params[:], o.values[name]); operator == o.operator && at >= 0 && worthLooking(name, o.values[name]) {
					o.propose(click, ParamElsewhere, "The value of the parameter %s is param_%d of this click.", name, at+1)
				}
			}
		}
		return nil
	}, `
		SELECT c.id, o.operator, c.param_1, c.param_2, c.param_3 FROM clicks c JOIN offers o ON o.id = c.offer_id
		WHERE (c.param_1 = ANY($1) OR c.param_2 = ANY($1) OR c.param_3 = ANY($1)) AND c.id >= uuid_floor($2) ORDER BY c.id DESC LIMIT 1000`,
		pq.Array(values), newest.Add(-paramWindow))
}

// worthLooking reports whether a value may be a param: not one that many calls share.
func worthLooking(name, value string) bool {
	switch name {
	case commission.ParamGoal, commission.ParamStatus, commission.ParamAmount, commission.ParamCurrency, commission.ParamPayout,
		commission.ParamOccurredAt, commission.ParamTest, commission.ParamToken, commission.ParamSignature:
		return false
	}
	return len(value) >= shortestParam && value != inbound.Mask
}
