package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"

	"github.com/gofrs/uuid/v5"

	"postrider/dispatch"
	"postrider/domain/macro"
	"postrider/internal/globalid"
	"postrider/outbox"
)

// sender makes attempts: it sends, judges the exchange, updates the endpoint's limit and
// circuit, and hands the result to the writer.
type sender struct {
	*Config

	versions *versions
	permits  *permits
	circuits *circuits
	writer   *writer
	metrics  *metrics
}

// send makes the attempt of a claim, and releases its slot and its permit before it writes
// the result.
func (s *sender) send(ctx context.Context, c *claim, args DeliverArgs, g grant) error {
	result, err := s.attempt(ctx, c)
	if err != nil {
		return err
	}
	g.releaseSlot()
	err = s.learn(ctx, args, result)
	g.releasePermit()
	if err := errors.Join(err, s.writer.write(ctx, result)); err != nil {
		return fmt.Errorf("writing attempt %d of delivery %s down: %w", c.Number, c.ID, err)
	}
	s.logAttempt(ctx, c, result)
	return nil
}

// learn updates the endpoint's limit and circuit with the result.
func (s *sender) learn(ctx context.Context, args DeliverArgs, r result) error {
	reason := r.Outcome.AttemptReason
	if !reason.OfEndpoint() {
		if args.Probe {
			return s.circuits.lost(ctx, args.Endpoint)
		}
		return nil
	}
	// A probe is always recorded: this process may not know yet that it was one.
	if tell := s.permits.learned(args.Endpoint, reason, r.Exchange.Duration); !tell && !args.Probe {
		return nil
	}
	local, most := s.permits.circuit(args.Endpoint)
	after, err := s.circuits.tell(ctx, told{endpoint: args.Endpoint, reason: reason, probe: args.Probe, local: local, most: most})
	if err != nil {
		// The attempt's result is not lost: the next one updates the circuit.
		s.Log.ErrorContext(ctx, "keeping a circuit", "endpoint", args.Endpoint, "error", err)
		return nil
	}
	if after.State != local.State {
		s.Log.WarnContext(ctx, "circuit", "endpoint", args.Endpoint, "state", after.State, "because", after.Because, "probe_at", after.ProbeAt)
		s.metrics.circuit(after.State)
	}
	s.permits.setCircuit(args.Endpoint, after)
	return nil
}

// attempt expands, sends and judges.
func (s *sender) attempt(ctx context.Context, c *claim) (result, error) {
	v, err := s.versions.get(ctx, s.Pool.Pgx, c.VersionID)
	if err != nil {
		return result{}, err
	}
	url, spans := v.template.ExpandSpans(c.values)
	exchange := s.Client.Send(ctx, dispatch.Request{
		Method: v.method, URL: url, DeliveryID: globalid.Hex(c.ID), Attempt: c.Number,
		SigningSecret: v.secret, OldSecret: v.oldSecret(s.Now()),
	})
	outcome := dispatch.Judge(exchange, dispatch.Terms{
		Attempt: c.Number, Rule: v.rule, Schedule: s.Schedule, Random: rand.Float64(), //nolint:gosec // jitter
	})
	id, err := uuid.NewV7AtTime(exchange.StartedAt)
	if err != nil {
		return result{}, fmt.Errorf("making an id: %w", err)
	}
	r := result{c.End(id, exchange, outcome, s.Now()), c}
	r.EmptyMacros = macro.Empty(spans)
	r.Warning = outbox.WarningOf(r.EmptyMacros, v.clickMacro, c.values)
	return r, nil
}

// logAttempt logs one line per attempt. The URL's query is omitted: it may contain a
// tracker's secret.
func (s *sender) logAttempt(ctx context.Context, c *claim, r result) {
	level := slog.LevelInfo
	if r.State != outbox.Delivered {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{
		slog.String("delivery", globalid.Hex(c.ID)), slog.Int("attempt", c.Number), slog.Int64("affiliate", int64(c.AffiliateID)),
		slog.Int64("postback", int64(c.PostbackID)), slog.String("goal", c.Goal), slog.String("endpoint", c.Endpoint),
		slog.String("state", string(r.State)), slog.String("reason", string(r.Outcome.AttemptReason)),
		slog.Int("status", r.Exchange.StatusCode), slog.Duration("took", r.Exchange.Duration),
		slog.Duration("since_recorded", r.At.Sub(c.CreatedAt)),
	}
	if !r.DueAt.IsZero() {
		attrs = append(attrs, slog.Time("next", r.DueAt))
	}
	s.Log.LogAttrs(ctx, level, "attempt", attrs...)
	s.metrics.attempt(&r.Result, c.CreatedAt)
}
