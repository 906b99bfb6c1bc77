package intake

import (
	"context"
	"net/netip"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/domain/commission"
	"postrider/domain/inbound"
)

// Intake records facts. It is safe for concurrent use.
type Intake struct {
	Config

	catalog  *catalog
	clicks   *clicks
	recorder *recorder
	receiver *receiver
}

// New returns an Intake.
func New(cfg Config) *Intake {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Country == nil {
		cfg.Country = func(netip.Addr) string { return "" }
	}
	catalog := newCatalog(cfg.Secrets)
	recorder := &recorder{db: cfg.DB, catalog: catalog, enqueue: cfg.Enqueuer, clock: cfg.Now}
	return &Intake{
		Config: cfg, catalog: catalog, recorder: recorder, receiver: newReceiver(recorder), clicks: newClicks(cfg, catalog, recorder.now),
	}
}

// Click records a click and returns where to send the player. The click is committed when it
// returns.
func (in *Intake) Click(ctx context.Context, r ClickRequest) (ClickAnswer, error) {
	return in.clicks.record(ctx, r)
}

// Receive handles an operator's call. Every call is in the inbound log, except those of
// unknown integrations over their rate limit, and a conversion is committed with its
// deliveries before the answer is given. An error means that nothing was recorded: the
// operator must call again.
func (in *Intake) Receive(ctx context.Context, c inbound.Call) (Answer, error) {
	return in.receiver.receive(ctx, c)
}

// Report records a conversion for an integration without its authentication, for staff and
// their API clients. Problems with the report are returned as one joined error of
// *problem.Error.
func (in *Intake) Report(ctx context.Context, integrationKey string, r inbound.Report) (Outcome, error) {
	return in.receiver.report(ctx, integrationKey, r)
}

// Move moves a conversion along its lifecycle and queues what fires for it.
func (in *Intake) Move(ctx context.Context, conversionID uuid.UUID, m Move) (Outcome, error) {
	return in.recorder.move(ctx, conversionID, m)
}

// Assign attributes an unattributed conversion. The postbacks that would have fired at each of
// its past steps fire now, once.
func (in *Intake) Assign(ctx context.Context, conversionID uuid.UUID, a Assignment) error {
	return in.recorder.assign(ctx, conversionID, a)
}

// PreviewAssign returns what Assign would do, and changes nothing.
func (in *Intake) PreviewAssign(ctx context.Context, conversionID uuid.UUID, a Assignment) (AssignmentPreview, error) {
	return in.recorder.previewAssign(ctx, conversionID, a)
}

// Undo undoes an attribution by staff. What was paid for it is taken back as a reversal takes it
// back, and the operator's call is unattributed again, as another conversion.
func (in *Intake) Undo(ctx context.Context, conversionID uuid.UUID, u Undoing) (Undone, error) {
	return in.recorder.undo(ctx, conversionID, u)
}

// PreviewUndo returns what Undo would do, and changes nothing.
func (in *Intake) PreviewUndo(ctx context.Context, conversionID uuid.UUID) (UndoPreview, error) {
	return in.recorder.previewUndo(ctx, conversionID)
}

// PriceMissing calculates the payout of the conversions that had none because a currency had
// no exchange rate, now that there is one. Each gets a step; nothing fires for it, since its
// status is unchanged. It returns how many there were.
func (in *Intake) PriceMissing(ctx context.Context, currency string, by Move) (int, error) {
	return in.recorder.priceMissing(ctx, currency, by)
}

// MapGoal records the reports of an integration that waited for a goal to be mapped, in the order in
// which they came, each as of its time.
func (in *Intake) MapGoal(ctx context.Context, integrationKey, word, goal string, by Move) (GoalMapped, error) {
	return in.receiver.mapGoal(ctx, integrationKey, word, goal, by)
}

// PreviewGoal returns what MapGoal would do, and changes nothing.
func (in *Intake) PreviewGoal(ctx context.Context, integrationKey, word, goal string) (GoalMapped, error) {
	return in.receiver.previewGoal(ctx, integrationKey, word, goal)
}

// UnmapGoal takes back what was recorded when a goal was mapped: the reports wait again. It returns
// how many conversions it ended.
func (in *Intake) UnmapGoal(ctx context.Context, integrationKey, word string, u Undoing) (int, error) {
	return in.receiver.unmapGoal(ctx, integrationKey, word, u)
}

// Rule decides a clash: a report of a recorded transaction with another click or player. It returns
// the id of the conversion that was recorded for it, nil if it is the same event.
func (in *Intake) Rule(ctx context.Context, clashID uuid.UUID, r Ruling) (uuid.UUID, error) {
	return in.receiver.rule(ctx, clashID, r)
}

// UsedOfCampaigns returns how many conversions count against today's caps of campaigns.
func (in *Intake) UsedOfCampaigns(ctx context.Context, ids []int64) (map[int64]int, error) {
	return in.recorder.used(ctx, capOfCampaign, ids)
}

// UsedOfOffers returns how many conversions count against today's caps of offers.
func (in *Intake) UsedOfOffers(ctx context.Context, ids []int64) (map[int64]int, error) {
	return in.recorder.used(ctx, capOfOffer, ids)
}

// Forget drops the cached configuration. It is called when a change is announced, and
// right after a change made in this process.
func (in *Intake) Forget() { in.catalog.forget() }

// Goal returns the lifecycle of a goal of the event dictionary.
func (in *Intake) Goal(ctx context.Context, key string) (commission.Goal, error) {
	g, err := in.catalog.goal(ctx, in.DB, key)
	if err != nil {
		return commission.Goal{}, err
	}
	return g.Goal.Goal, nil
}

// StatusMapping returns an integration's own words for statuses, each an [inbound.WordKey];
// none if there is no such integration.
func (in *Intake) StatusMapping(ctx context.Context, integrationKey string) (map[string]commission.Status, error) {
	src, found, err := in.catalog.integrations.get(ctx, in.DB, integrationKey)
	if err != nil || !found {
		return nil, err
	}
	return src.Words.Statuses, nil
}

// Reads returns how an integration's calls are read; one that maps nothing if there is no such
// integration.
func (in *Intake) Reads(ctx context.Context, integrationKey string) (*inbound.Integration, error) {
	src, found, err := in.catalog.integrations.get(ctx, in.DB, integrationKey)
	if err != nil || !found {
		return &inbound.Integration{}, err
	}
	return &src.Integration, nil
}

// GoalMapping returns an integration's own words for goals, each an [inbound.WordKey]; none if there
// is no such integration.
func (in *Intake) GoalMapping(ctx context.Context, integrationKey string) (map[string]string, error) {
	src, found, err := in.catalog.integrations.get(ctx, in.DB, integrationKey)
	if err != nil || !found {
		return nil, err
	}
	return src.Words.Goals, nil
}
