package setup

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/domain/platforms"
	"postrider/ent/db"
	"postrider/ent/db/goal"
	"postrider/ent/db/integrationsecret"
	"postrider/internal/pg"
	"postrider/internal/problem"
	"postrider/internal/secret"
)

// IntegrationWish is an operator's integration as staff enter it.
type IntegrationWish struct {
	Key              string // of a new one
	Name             string
	OfferID          int64
	Enabled          bool
	TestMode         bool
	Platform         string // the key of the template of what the operator runs
	RequireHTTPS     bool
	RequireToken     bool
	RequireSignature bool
	SignatureHeader  string
	TimestampName    string
	TimestampWindow  int // seconds; 0 for no limit
	AllowedAddresses []string
	RateLimit        int // calls per second; 0 for no limit
	Currency         string
	ParameterMapping map[string]string // our name to the operator's
	GoalMapping      map[string]string // the operator's goal to our goal's key
	StatusMapping    map[string]string // the operator's status to ours
	DefaultStatuses  map[string]string // what no status means: a goal's key, or * for all others, to our status
	TellApart        bool              // reports of repeatable goals without a transaction are told apart by click, amount and minute
}

// CreateIntegration creates an operator's integration, with a token and a signing key, which
// Reveal shows: fill sets its values.
func (s *Setup) CreateIntegration(ctx context.Context, fill func(*IntegrationWish)) (*db.Integration, error) {
	var made *db.Integration
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		wish := IntegrationWish{Enabled: true, Platform: platforms.GenericKey, RequireHTTPS: true, RequireToken: true}
		fill(&wish)
		wish.takeTemplate()
		if err := c.checkIntegration(ctx, &wish); err != nil {
			return err
		}
		create := c.client.Integration.Create().SetKey(wish.Key).SetCreatedAt(c.now)
		setIntegration(create.Mutation(), wish)
		var err error
		made, err = create.Save(ctx)
		if pg.IsUnique(err, "integrations_key") {
			return problem.Conflict("key", "there is already an integration %q", wish.Key)
		}
		if err != nil {
			return saved("integration", err)
		}
		for _, kind := range inbound.SecretKinds() {
			if _, err := s.addSecret(ctx, c, made.ID, string(kind)); err != nil {
				return err
			}
		}
		return c.audit(ctx, Act{Action: "create", Entity: "integration", ID: fmt.Sprint(made.ID), After: made})
	})
	return made, err
}

// takeTemplate sets the mappings that nobody gave to those of the template.
func (w *IntegrationWish) takeTemplate() {
	template := platforms.Find(w.Platform)
	if template == nil {
		return // refused by checkIntegration
	}
	for _, m := range []struct {
		of   *map[string]string
		from map[string]string
	}{{&w.ParameterMapping, template.Names}, {&w.GoalMapping, template.Goals}, {&w.StatusMapping, template.Statuses}} {
		if *m.of == nil {
			*m.of = maps.Clone(m.from)
		}
	}
}

// UpdateIntegration changes an integration: patch modifies its current values. Its key stays.
func (s *Setup) UpdateIntegration(ctx context.Context, id int64, patch func(*IntegrationWish)) (*db.Integration, error) {
	var changed *db.Integration
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		before, err := c.client.Integration.Get(ctx, id)
		if err != nil {
			return missing(err, "id", "integration")
		}
		wish := integrationWish(before)
		patch(&wish)
		wish.Key = before.Key
		if err := c.checkIntegration(ctx, &wish); err != nil {
			return err
		}
		if wish.Enabled {
			if err := restoreFirst(before.ArchivedAt, "enabled", "integration"); err != nil {
				return err
			}
		}
		update := c.client.Integration.UpdateOne(before)
		setIntegration(update.Mutation(), wish)
		if changed, err = update.Save(ctx); err != nil {
			return saved("integration", err)
		}
		return c.audit(ctx, Act{Action: "update", Entity: "integration", ID: fmt.Sprint(id), Before: before, After: changed})
	})
	return changed, err
}

func (s *Setup) addSecret(ctx context.Context, c *change, integrationID int64, kind string) (string, error) {
	value := secret.Random()
	sealed, err := s.Secrets.Seal(value, secret.ForIntegration)
	if err != nil {
		return "", fmt.Errorf("sealing a secret: %w", err)
	}
	err = c.client.IntegrationSecret.Create().SetIntegrationID(integrationID).SetKind(kind).SetSealed(sealed).SetCreatedAt(c.now).Exec(ctx)
	return value, saved("secret", err)
}

// RotateSecret gives an integration a new secret of a kind. The previous one stays valid for
// the overlap, so that the operator can change over.
func (s *Setup) RotateSecret(ctx context.Context, integrationID int64, kind string, overlap time.Duration) (*db.Integration, string, error) {
	var of *db.Integration
	var value string
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		var err error
		if of, err = c.client.Integration.Get(ctx, integrationID); err != nil {
			return missing(err, "integrationId", "integration")
		}
		if !slices.Contains(inbound.SecretKinds(), inbound.SecretKind(kind)) {
			return problem.Invalid("kind", "must be token or hmac")
		}
		if overlap < 0 {
			return problem.Invalid("overlapHours", "cannot be negative")
		}
		end := c.now.Add(overlap)
		// Two at most are valid: any others left of earlier rotations expire now.
		current, err := c.client.IntegrationSecret.Query().Where(integrationsecret.IntegrationID(integrationID), integrationsecret.Kind(kind)).
			Order(db.Desc(integrationsecret.FieldID)).All(ctx)
		if err != nil {
			return fmt.Errorf("reading the integration's secrets: %w", err)
		}
		for i, old := range current {
			expires := end
			if i > 0 {
				expires = c.now
			}
			if old.ExpiresAt != nil && old.ExpiresAt.Before(expires) {
				continue
			}
			if err := c.client.IntegrationSecret.UpdateOne(old).SetExpiresAt(expires).Exec(ctx); err != nil {
				return saved("secret", err)
			}
		}
		if value, err = s.addSecret(ctx, c, integrationID, kind); err != nil {
			return err
		}
		return c.audit(ctx, Act{Action: "rotate_secret", Entity: "integration", ID: fmt.Sprint(integrationID), After: map[string]any{"kind": kind, "oldExpiresAt": end}, secret: value})
	})
	return of, value, err
}

// Reveal returns an integration and its current secret of a kind, and audits who read it.
func (s *Setup) Reveal(ctx context.Context, integrationID int64, kind string) (*db.Integration, string, error) {
	var of *db.Integration
	var value string
	err := s.staffChange(ctx, func(ctx context.Context, c *change) error {
		row, err := c.client.IntegrationSecret.Query().Where(integrationsecret.IntegrationID(integrationID), integrationsecret.Kind(kind)).
			Order(db.Desc(integrationsecret.FieldID)).First(ctx)
		if err != nil {
			return missing(err, "kind", "secret")
		}
		if of, err = c.client.Integration.Get(ctx, integrationID); err != nil {
			return missing(err, "integrationId", "integration")
		}
		if value, err = s.Secrets.Open(row.Sealed, secret.ForIntegration); err != nil {
			return fmt.Errorf("opening a secret: %w", err)
		}
		return c.audit(ctx, Act{Action: "reveal_secret", Entity: "integration", ID: fmt.Sprint(integrationID), After: map[string]any{"kind": kind}})
	})
	return of, value, err
}

func integrationWish(r *db.Integration) IntegrationWish {
	w := IntegrationWish{
		Key: r.Key, Name: r.Name, OfferID: r.OfferID, Enabled: r.Enabled, TestMode: r.TestMode, Platform: r.Platform, RequireHTTPS: r.RequireHTTPS,
		RequireToken: r.RequireToken, RequireSignature: r.RequireSignature, SignatureHeader: r.SignatureHeader, TimestampName: r.TimestampName,
		AllowedAddresses: r.AllowedAddresses, Currency: r.Currency, ParameterMapping: r.ParameterMapping, GoalMapping: r.GoalMapping, StatusMapping: r.StatusMapping,
		DefaultStatuses: r.DefaultStatuses, TellApart: r.TellApart,
	}
	if r.TimestampWindow != nil {
		w.TimestampWindow = *r.TimestampWindow
	}
	if r.RateLimit != nil {
		w.RateLimit = *r.RateLimit
	}
	return w
}

func setIntegration(m *db.IntegrationMutation, w IntegrationWish) {
	m.SetName(w.Name)
	m.SetOfferID(w.OfferID)
	m.SetEnabled(w.Enabled)
	m.SetTestMode(w.TestMode)
	m.SetPlatform(w.Platform)
	m.SetRequireHTTPS(w.RequireHTTPS)
	m.SetRequireToken(w.RequireToken)
	m.SetRequireSignature(w.RequireSignature)
	m.SetSignatureHeader(w.SignatureHeader)
	m.SetTimestampName(w.TimestampName)
	m.SetAllowedAddresses(w.AllowedAddresses)
	m.SetCurrency(w.Currency)
	m.SetParameterMapping(w.ParameterMapping)
	m.SetGoalMapping(w.GoalMapping)
	m.SetStatusMapping(w.StatusMapping)
	m.SetDefaultStatuses(w.DefaultStatuses)
	m.SetTellApart(w.TellApart)
	if w.TimestampWindow > 0 {
		m.SetTimestampWindow(w.TimestampWindow)
	} else {
		m.ClearTimestampWindow()
	}
	if w.RateLimit > 0 {
		m.SetRateLimit(w.RateLimit)
	} else {
		m.ClearRateLimit()
	}
}

var (
	integrationKey = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{1,63}$`)
	headerName     = regexp.MustCompile(`^[A-Za-z0-9_.-]{0,100}$`)
)

const maxWords = 200

func (c *change) checkIntegration(ctx context.Context, w *IntegrationWish) error {
	name, nameErr := cleanName(w.Name)
	w.Name = name
	list := []*problem.Error{problem.From(nameErr)}
	if !integrationKey.MatchString(w.Key) {
		list = append(list, problem.Invalid("key", "is the key in the URL: use lower-case letters, digits, - and _"))
	}
	if _, err := c.client.Offer.Get(ctx, w.OfferID); err != nil {
		list = append(list, problem.From(missing(err, "offerId", "offer")))
	}
	if platforms.Find(w.Platform) == nil {
		list = append(list, problem.NotFoundAt("platform", "there is no template %q: operatorPlatforms lists them", w.Platform))
	}
	if w.Currency != "" {
		list = append(list, at("currency", checkCurrency(&w.Currency)))
	}
	if !headerName.MatchString(w.SignatureHeader) {
		list = append(list, problem.Invalid("signatureHeader", "is not a header name"))
	}
	if !headerName.MatchString(w.TimestampName) {
		list = append(list, problem.Invalid("timestampName", "is not a parameter or header name"))
	}
	if w.TimestampWindow < 0 {
		list = append(list, problem.Invalid("timestampWindow", "cannot be negative"))
	}
	if w.RateLimit < 0 {
		list = append(list, problem.Invalid("rateLimit", "cannot be negative"))
	}
	if w.AllowedAddresses == nil {
		w.AllowedAddresses = []string{}
	}
	for i, text := range w.AllowedAddresses {
		w.AllowedAddresses[i] = strings.TrimSpace(text)
	}
	if _, err := inbound.ParseAddresses(w.AllowedAddresses); err != nil {
		list = append(list, problem.Invalid("allowedAddresses", "%s", err))
	}
	return wrong(append(list, c.checkWords(ctx, w)...)...)
}

func (c *change) checkWords(ctx context.Context, w *IntegrationWish) []*problem.Error {
	var list []*problem.Error
	for _, words := range []struct {
		field string
		of    *map[string]string
	}{{"parameterMapping", &w.ParameterMapping}, {"goalMapping", &w.GoalMapping}, {"statusMapping", &w.StatusMapping}, {"defaultStatuses", &w.DefaultStatuses}} {
		if *words.of == nil {
			*words.of = map[string]string{}
		}
		if len(*words.of) > maxWords {
			list = append(list, problem.Invalid(words.field, "has more than %d entries", maxWords))
		}
		for name, value := range *words.of {
			if p := within(words.field, name+value, maxName); p != nil || strings.TrimSpace(name) == "" || strings.TrimSpace(value) == "" {
				list = append(list, problem.Invalid(words.field, "%.40q has an empty or invalid side", name+": "+value))
			}
		}
	}
	for name := range w.ParameterMapping {
		if !commission.IsParameter(name) {
			list = append(list, problem.Invalid("parameterMapping", "%q is not one of %s", name, strings.Join(commission.Parameters(), ", ")))
		}
	}
	for word, status := range w.StatusMapping {
		if _, ok := commission.ParseStatus(status); !ok {
			list = append(list, problem.Invalid("statusMapping", "%q is mapped to %q: use pending, approved, rejected or cancelled", word, status))
		}
	}
	list = append(list, c.checkDefaults(ctx, w)...)
	keys := slices.Sorted(maps.Values(w.GoalMapping))
	if err := c.goalsExist(ctx, "goalMapping", slices.Compact(keys)); err != nil {
		list = append(list, problem.From(err))
	}
	return list
}

// checkDefaults checks what no status means: a goal must be able to have the status.
func (c *change) checkDefaults(ctx context.Context, w *IntegrationWish) []*problem.Error {
	var list []*problem.Error
	for key, written := range w.DefaultStatuses {
		status, ok := commission.ParseStatus(written)
		if !ok || status != commission.Approved && status != commission.Pending {
			list = append(list, problem.Invalid("defaultStatuses", "%q means %q: use approved or pending", key, written))
			continue
		}
		if key == inbound.AllGoals {
			continue
		}
		g, err := c.client.Goal.Query().Where(goal.Key(key)).Only(ctx)
		switch {
		case db.IsNotFound(err):
			list = append(list, problem.NotFoundAt("defaultStatuses", "there is no goal %q: use its key, or %s for all others", key, inbound.AllGoals))
		case err != nil:
			list = append(list, problem.From(err))
		case !slices.Contains(g.Statuses, status):
			list = append(list, problem.Invalid("defaultStatuses", "a conversion of the goal %s cannot be %s", key, status))
		}
	}
	return list
}
