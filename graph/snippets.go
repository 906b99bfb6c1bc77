package graph

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/graph/gen"
	"postrider/snippets"
)

// sample is a first deposit as an operator's server reports it: our name of each parameter, and
// its value.
var sample = [][2]string{
	{commission.ParamGoal, commission.GoalFTD}, {commission.ParamClickID, "CLICK_ID"}, {commission.ParamPlayerID, "PLAYER_ID"}, {commission.ParamTransaction, "TRANSACTION_ID"},
	{commission.ParamAmount, "25.50"}, {commission.ParamCurrency, "EUR"},
}

// sampleCall returns a sample call to an integration, in the operator's own words.
func (r *Resolver) sampleCall(s *db.Integration) snippets.Call {
	c := snippets.Call{URL: r.integrationURL(s), Signed: s.RequireSignature, Header: s.SignatureHeader, Stamp: s.TimestampName}
	if c.Header == "" {
		c.Header = inbound.DefaultSignatureHeader
	}
	theirs := func(name string) string {
		if own := s.ParameterMapping[name]; own != "" {
			return own
		}
		return name
	}
	var pairs [][2]string
	for _, p := range sample {
		name, value := theirs(p[0]), p[1]
		if strings.HasPrefix(name, "=") {
			continue // the same in every call
		}
		if p[0] == commission.ParamGoal {
			value = wordFor(s.GoalMapping, value)
		}
		pairs = append(pairs, [2]string{name, value})
	}
	c.Query = snippets.Encoded(pairs)
	if s.RequireToken {
		c.Token = url.QueryEscape(theirs(commission.ParamToken))
	}
	return c
}

// wordFor returns the operator's first word for a goal; our key if it has none.
func wordFor(words map[string]string, key string) string {
	for _, word := range slices.Sorted(maps.Keys(words)) {
		if words[word] == key {
			return word
		}
	}
	return key
}

// examples returns what an integrator begins with, for whoever has an echo tracker at this URL;
// empty for nobody.
func (r *Resolver) examples(echo string) []*gen.Example {
	place := snippets.Place{URL: r.Installation.PublicURL, Tracker: echo}
	if echo == "" {
		place.Tracker = "https://tracker.example/postback"
	}
	var all []*gen.Example
	for _, kind := range snippets.Kinds() {
		all = append(all, &gen.Example{Kind: gen.ExampleKind(kind), Snippets: shownSnippets(snippets.Examples(kind, place))})
	}
	return all
}

func shownSnippets(all []snippets.Snippet) []*gen.Snippet {
	shown := make([]*gen.Snippet, len(all))
	for i, s := range all {
		shown[i] = &gen.Snippet{Language: gen.SnippetLanguage(s.Language), Code: s.Code, Command: s.Command}
	}
	return shown
}
