package graph

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"postrider/domain/inbound"
	"postrider/domain/platforms"
	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/intake"
	"postrider/internal/viewer"
	"postrider/setup"
)

// words returns a mapping as a list, sorted by its words.
func words(of map[string]string) []*gen.Word {
	list := make([]*gen.Word, 0, len(of))
	for _, from := range slices.Sorted(maps.Keys(of)) {
		list = append(list, &gen.Word{From: from, To: of[from]})
	}
	return list
}

// dictionary returns the mapping of a list: the inverse of words.
func dictionary(list []*gen.WordInput) map[string]string {
	of := make(map[string]string, len(list))
	for _, w := range list {
		of[strings.TrimSpace(w.From)] = strings.TrimSpace(w.To)
	}
	return of
}

// set assigns an input's value, if there is one.
func set[T any](into *T, given *T) {
	if given != nil {
		*into = *given
	}
}

func (r *Resolver) createIntegration(ctx context.Context, in gen.CreateIntegrationInput) (*db.Integration, error) {
	offer, err := intID("Offer", "offerId", in.OfferID)
	if err != nil {
		return nil, err
	}
	return r.Setup.CreateIntegration(ctx, func(w *setup.IntegrationWish) {
		w.Key, w.Name, w.OfferID = in.Key, in.Name, offer
		patchIntegration(w, gen.UpdateIntegrationInput{
			Enabled: in.Enabled, TestMode: in.TestMode, Platform: in.Platform, RequireHTTPS: in.RequireHTTPS, RequireToken: in.RequireToken,
			RequireSignature: in.RequireSignature, SignatureHeader: graphql.OmittableOf(in.SignatureHeader), TimestampName: graphql.OmittableOf(in.TimestampName),
			TimestampWindow: graphql.OmittableOf(in.TimestampWindow), AllowedAddresses: in.AllowedAddresses, RateLimit: graphql.OmittableOf(in.RateLimit), Currency: graphql.OmittableOf(in.Currency),
			ParameterMapping: in.ParameterMapping, GoalMapping: in.GoalMapping, StatusMapping: in.StatusMapping,
			DefaultStatuses: in.DefaultStatuses, TellApart: in.TellApart,
		})
	})
}

// updateIntegration changes an integration, and what waited for the goals and statuses that it maps
// from now on.
func (r *Resolver) updateIntegration(ctx context.Context, in gen.UpdateIntegrationInput) (*gen.UpdateIntegrationPayload, error) {
	payload := &gen.UpdateIntegrationPayload{}
	id, err1 := intID("Integration", "id", in.ID)
	offer, err2 := optionalInt("Offer", "offerId", in.OfferID)
	if err := errors.Join(err1, err2); err != nil {
		return payload, err
	}
	var err error
	payload.Integration, err = r.Setup.UpdateIntegration(ctx, id, func(w *setup.IntegrationWish) {
		set(&w.Name, in.Name)
		if in.OfferID != nil {
			w.OfferID = offer
		}
		patchIntegration(w, in)
	})
	if err != nil {
		return payload, err
	}
	payload.Mapped, err = r.mapWords(ctx, payload.Integration.Key, in)
	return payload, err
}

// mapWords records and moves what waited for the words of new mappings: goals first, since what they
// record may have a status that is mapped too. It returns how many conversions it touched.
func (r *Resolver) mapWords(ctx context.Context, integrationKey string, in gen.UpdateIntegrationInput) (mapped int, err error) {
	by := staffMove(ctx)
	for _, each := range []struct {
		given bool
		do    func(context.Context, string, intake.Move) (int, error)
	}{{in.GoalMapping != nil, r.office().MapGoals}, {in.StatusMapping != nil, r.office().MapStatuses}} {
		if !each.given {
			continue
		}
		n, err := each.do(ctx, integrationKey, by)
		mapped += n
		if err != nil {
			return mapped, err
		}
	}
	return mapped, nil
}

// staffMove is a step of a conversion that the viewer makes.
func staffMove(ctx context.Context) intake.Move {
	v := viewer.From(ctx)
	return intake.Move{Actor: actor(v), UserID: v.UserID}
}

// patchIntegration sets what both a new integration and a change can say.
func patchIntegration(w *setup.IntegrationWish, in gen.UpdateIntegrationInput) {
	set(&w.Enabled, in.Enabled)
	set(&w.TestMode, in.TestMode)
	set(&w.Platform, in.Platform)
	set(&w.RequireHTTPS, in.RequireHTTPS)
	set(&w.RequireToken, in.RequireToken)
	set(&w.RequireSignature, in.RequireSignature)
	set(&w.SignatureHeader, orCleared(in.SignatureHeader))
	set(&w.TimestampName, orCleared(in.TimestampName))
	set(&w.TimestampWindow, orCleared(in.TimestampWindow))
	set(&w.RateLimit, orCleared(in.RateLimit))
	set(&w.Currency, orCleared(in.Currency))
	if in.AllowedAddresses != nil {
		w.AllowedAddresses = in.AllowedAddresses
	}
	if in.ParameterMapping != nil {
		w.ParameterMapping = dictionary(in.ParameterMapping)
	}
	if in.GoalMapping != nil {
		w.GoalMapping = dictionary(in.GoalMapping)
	}
	if in.StatusMapping != nil {
		w.StatusMapping = dictionary(in.StatusMapping)
	}
	if in.DefaultStatuses != nil {
		w.DefaultStatuses = dictionary(in.DefaultStatuses)
	}
	set(&w.TellApart, in.TellApart)
}

// defaultOverlap is how long a replaced secret stays valid.
const defaultOverlap = 24 * time.Hour

func (r *Resolver) rotateSecret(ctx context.Context, in gen.RotateIntegrationSecretInput) (*gen.RotateIntegrationSecretPayload, error) {
	payload := &gen.RotateIntegrationSecretPayload{}
	id, err := intID("Integration", "integrationId", in.IntegrationID)
	if err != nil {
		return payload, err
	}
	overlap := defaultOverlap
	if in.OverlapHours != nil {
		overlap = time.Duration(*in.OverlapHours) * time.Hour
	}
	var value string
	payload.Integration, value, err = r.Setup.RotateSecret(ctx, id, in.Kind, overlap)
	payload.Secret = textOrNull(value)
	return payload, err
}

func (r *Resolver) integrationURL(s *db.Integration) string {
	return strings.TrimRight(r.Installation.PublicURL, "/") + "/postback/" + s.Key
}

// platformOf returns the template of an integration; the generic one for one that is no longer
// in the catalogue.
func platformOf(s *db.Integration) *platforms.Template {
	if t := platforms.Find(s.Platform); t != nil {
		return t
	}
	return platforms.Find(platforms.GenericKey)
}

// handOver returns the URLs that the operator of an integration enters, with this token.
func (r *Resolver) handOver(s *db.Integration, token string) []*gen.HandOverURL {
	if !s.RequireToken {
		token = ""
	}
	urls := platformOf(s).URLs(platforms.Call{Endpoint: r.integrationURL(s), Token: token, Names: s.ParameterMapping})
	shown := make([]*gen.HandOverURL, len(urls))
	for i, u := range urls {
		shown[i] = &gen.HandOverURL{Goal: textOrNull(u.Goal), URL: u.URL}
	}
	return shown
}

// revealSecret shows a secret, and the URLs with it.
func (r *Resolver) revealSecret(ctx context.Context, in gen.RevealIntegrationSecretInput) (*gen.RevealIntegrationSecretPayload, error) {
	payload := &gen.RevealIntegrationSecretPayload{HandOver: []*gen.HandOverURL{}}
	id, err := intID("Integration", "integrationId", in.IntegrationID)
	if err != nil {
		return payload, err
	}
	of, value, err := r.Setup.Reveal(ctx, id, in.Kind)
	if err != nil {
		return payload, err
	}
	payload.Secret = textOrNull(value)
	if in.Kind == string(inbound.Token) {
		payload.HandOver = r.handOver(of, value)
	}
	return payload, nil
}
