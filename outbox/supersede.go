package outbox

import (
	"fmt"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/live"
	"postrider/internal/pg"
)

// A delivery and its replays are one history, in the order in which they were made. A replay
// is made only when the one before it has ended, and supersedes it: deliveries.superseded_by.
// Those that the one before it had superseded, it supersedes too, unless that one was
// delivered. So each is superseded by the first one after it that was delivered, or else by
// the last one. A replay that is cancelled drops out: what it had superseded stands again.

// headSQL finds the delivery that stands for the history of $2: nobody has superseded it, and
// it is no cancelled replay.
const headSQL = `
WITH RECURSIVE history AS (
  SELECT id, state, superseded_by, replay_of FROM deliveries WHERE id = $2
  UNION ALL
  SELECT d.id, d.state, d.superseded_by, d.replay_of FROM history h
  JOIN deliveries d ON d.id = CASE WHEN h.superseded_by IS NOT NULL THEN h.superseded_by WHEN h.state = 'cancelled' THEN h.replay_of END
), head AS (
  SELECT id, $1::uuid AS replay FROM history
  WHERE superseded_by IS NULL AND NOT (state = 'cancelled' AND replay_of IS NOT NULL)
)`

// supersedeSQL lets each replay of head supersede the delivery beside it, which has ended, and
// what that one stood for. Of two replays of one history that are made at once, the second
// finds it superseded.
var supersedeSQL = `, superseded AS (
  UPDATE deliveries d SET superseded_by = head.replay FROM head
  WHERE d.id = head.id AND d.superseded_by IS NULL AND d.state IN ` + FinalSQL + `
  RETURNING d.id, d.state, d.superseded_by
), followed AS (
  UPDATE deliveries d SET superseded_by = s.superseded_by FROM superseded s
  WHERE d.superseded_by = s.id AND s.state <> 'delivered'
  RETURNING d.id
)`

// standAgainSQL returns the place of each cancelled replay of $1 to the newest delivery that it
// had superseded, and announces what changes on the channel $2.
var standAgainSQL = `
WITH newest AS (
  SELECT DISTINCT ON (d.superseded_by) d.superseded_by AS replay, d.id
  FROM deliveries r JOIN deliveries d ON d.superseded_by = r.id
  WHERE r.id = ANY($1) AND r.state = 'cancelled' ORDER BY d.superseded_by, d.id DESC
), changed AS (
  UPDATE deliveries d SET superseded_by = CASE WHEN d.id <> newest.id THEN newest.id END
  FROM newest WHERE d.superseded_by = newest.replay
  RETURNING ` + returned + `
), logged AS (` + logSQL("changed") + `)` + fmt.Sprintf(announceSQL, "$2")

// announceSupersededSQL announces what the replays $1 supersede on the channel $2: their end
// shows there, too.
var announceSupersededSQL = `
WITH changed AS (SELECT id FROM deliveries WHERE superseded_by = ANY($1))` + fmt.Sprintf(announceSQL, "$2")

// endReplays queues what the state of replays changes in the deliveries that they supersede.
func endReplays(tx Tx, replays []uuid.UUID) {
	tx.Queue(announceSupersededSQL, pg.UUIDs(replays), string(live.Deliveries))
	tx.Queue(standAgainSQL, pg.UUIDs(replays), string(live.Deliveries))
}
