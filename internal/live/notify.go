package live

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/gofrs/uuid/v5"
)

// Channel is a PostgreSQL notification channel.
type Channel string

// The channels.
const (
	Deliveries  Channel = "postrider_deliveries"  // ids of deliveries that changed
	Conversions Channel = "postrider_conversions" // ids of conversions that changed
	Received    Channel = "postrider_received"    // ids of calls in the received log
	Alerts      Channel = "postrider_alerts"      // ids of alerts that were raised or have ended
	Echoes      Channel = "postrider_echoes"      // ids of requests that the echo tracker got
	Config      Channel = "postrider_config"      // the name of a configuration table that changed
)

// Channels lists every channel, to listen to.
func Channels() []string {
	return []string{string(Deliveries), string(Conversions), string(Received), string(Alerts), string(Echoes), string(Config)}
}

// idsPerNotice keeps a notice under PostgreSQL's limit of 8,000 bytes.
const idsPerNotice = 200

// execer is a transaction or a pool.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Payload encodes ids for one notice: hex, joined by commas.
func Payload(ids []uuid.UUID) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = hex.EncodeToString(id[:])
	}
	return strings.Join(parts, ",")
}

// ParsePayload parses what Payload returned; what is not an id is left out.
func ParsePayload(payload string) []uuid.UUID {
	ids := make([]uuid.UUID, 0, strings.Count(payload, ",")+1)
	for part := range strings.SplitSeq(payload, ",") {
		if id, err := uuid.FromString(part); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// Payloads splits ids over as many notices as they need.
func Payloads(ids []uuid.UUID) []string {
	var payloads []string
	for len(ids) > 0 {
		n := min(len(ids), idsPerNotice)
		payloads = append(payloads, Payload(ids[:n]))
		ids = ids[n:]
	}
	return payloads
}

// Notify announces ids on a channel; in a transaction, with its commit.
func Notify(ctx context.Context, on execer, channel Channel, ids ...uuid.UUID) error {
	for _, payload := range Payloads(ids) {
		if _, err := on.ExecContext(ctx, `SELECT pg_notify($1, $2)`, string(channel), payload); err != nil {
			return fmt.Errorf("announcing on %s: %w", channel, err)
		}
	}
	return nil
}

// queuer is a transaction that sends its statements together.
type queuer interface {
	Queue(query string, args ...any)
}

// Queue announces ids on a channel with the commit of a transaction.
func Queue(on queuer, channel Channel, ids ...uuid.UUID) {
	if payloads := Payloads(ids); len(payloads) > 0 {
		on.Queue(`SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload`, string(channel), payloads)
	}
}
