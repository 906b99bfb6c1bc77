package outbox

import (
	"context"
	"time"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/internal/pg"
)

// replaySQL creates the delivery $1 from $2: version $3, endpoint $4, now $5 (by another
// clock than the database's, perhaps), priority $6. It makes none while an earlier replay has
// not ended.
var replaySQL = headSQL + supersedeSQL + `, made AS (
  INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, campaign_id, click_id,
    transaction_id, goal, status, state, priority, endpoint, due_at, replay_of, test, created_at, updated_at, aggregation_id, macros)
  SELECT $1, affiliate_id, postback_id, $3, conversion_id, event_id, offer_id, campaign_id, click_id,
    transaction_id, goal, status, 'queued', $6, $4, least($5, now()), id, test, $5, $5, aggregation_id, macros
  FROM deliveries WHERE id = $2 AND EXISTS (SELECT FROM superseded)
  RETURNING id
)
SELECT id FROM made UNION ALL SELECT id FROM superseded UNION ALL SELECT id FROM followed`

// Replay queues a new delivery from one that has ended, by a version of its postback, and
// returns its id. It waits behind live traffic. made is false while an earlier replay of the
// delivery has not ended: two at once would be sent twice.
func Replay(ctx context.Context, tx Tx, delivery uuid.UUID, versionID int64, endpoint string, now time.Time) (id uuid.UUID, made bool, err error) {
	if id, err = newID(now); err != nil {
		return id, false, err
	}
	changed, err := move(ctx, tx, "queuing a replay", replaySQL, id, delivery, versionID, endpoint, now.UTC(), PriorityReplay)
	return id, len(changed) > 0, err
}

// replaySomeSQL creates replays of the items after $2 up to $3 of the bulk replay $1: $4 as
// they were sent, $5 and $6 the endpoints of versions, $7 ids for the new deliveries, $8
// now, $9 the priority, $10 the reason where the circuit is open. It skips what another
// replay stands for or is a test, a cancelled replay, for which its original stands, and what
// has lost its postback. It returns what changed, and whether it is new.
var replaySomeSQL = `
WITH items AS (
  SELECT i.number, ($7::uuid[])[i.number - $2] AS replay, d.id, v.id AS version, u.endpoint, c.endpoint IS NOT NULL AS held
  FROM bulk_replay_items i JOIN deliveries d ON d.id = i.delivery_id
  JOIN postbacks p ON p.id = d.postback_id AND p.deleted_at IS NULL
  JOIN postback_versions v ON v.postback_id = p.id AND CASE WHEN $4 THEN v.id = d.version_id ELSE v.number = p.version END
  JOIN unnest($5::bigint[], $6::text[]) AS u(version, endpoint) ON u.version = v.id
  LEFT JOIN endpoints c ON c.endpoint = u.endpoint AND c.state IN ` + dispatch.HoldingSQL + `
  WHERE i.bulk_replay_id = $1 AND i.number > $2 AND i.number <= $3 AND NOT d.test
    AND NOT (d.state = 'cancelled' AND d.replay_of IS NOT NULL)
), head AS (SELECT id, replay FROM items)` + supersedeSQL + `, made AS (
  INSERT INTO deliveries (id, affiliate_id, postback_id, version_id, conversion_id, event_id, offer_id, campaign_id, click_id,
    transaction_id, goal, status, state, reason, priority, endpoint, parked_at, replay_of, bulk_replay_id, created_at, updated_at,
    aggregation_id, macros)
  SELECT i.replay, d.affiliate_id, d.postback_id, i.version, d.conversion_id, d.event_id, d.offer_id, d.campaign_id, d.click_id,
    d.transaction_id, d.goal, d.status, CASE WHEN i.held THEN 'held' ELSE 'queued' END,
    CASE WHEN i.held THEN $10 END, $9, i.endpoint, $8, d.id, $1, $8, $8,
    d.aggregation_id, d.macros
  FROM items i JOIN superseded s ON s.superseded_by = i.replay JOIN deliveries d ON d.id = i.id
  ORDER BY i.number
  RETURNING id
)
SELECT id, true FROM made UNION ALL SELECT id, false FROM superseded UNION ALL SELECT id, false FROM followed`

// Items are the items of a bulk replay after one number, up to another.
type Items struct {
	BulkReplay  int64
	After, UpTo int
	AsSent      bool             // by the versions that they were made for
	Endpoints   map[int64]string // the endpoint of each version
}

// ReplaySome creates replays of items of a bulk replay, and returns how many: it skips what
// has been replayed meanwhile, is a test, or has lost its postback.
func ReplaySome(ctx context.Context, tx Tx, items Items, now time.Time) (int, error) {
	var versions []int64
	var endpoints []string
	for version, endpoint := range items.Endpoints {
		versions, endpoints = append(versions, version), append(endpoints, endpoint)
	}
	ids := make(pg.UUIDs, items.UpTo-items.After)
	for i := range ids {
		var err error
		if ids[i], err = newID(now); err != nil {
			return 0, err
		}
	}
	var changed []uuid.UUID
	made := 0
	_, err := collect(ctx, tx, "queuing replays", func(row pgx.CollectableRow) (none struct{}, err error) {
		var id uuid.UUID
		var isNew bool
		if err := row.Scan(&id, &isNew); err != nil {
			return none, err
		}
		if changed = append(changed, id); isNew {
			made++
		}
		return none, nil
	}, replaySomeSQL, items.BulkReplay, items.After, items.UpTo, items.AsSent, versions, endpoints,
		ids, now.UTC(), PriorityReplay, string(CircuitOpen))
	if err != nil {
		return 0, err
	}
	publish(tx, changed)
	return made, nil
}
