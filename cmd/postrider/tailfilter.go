package main

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"postrider/internal/globalid"
	"postrider/outbox"
)

// parseTailFilter parses key=value pairs into a DeliveryFilter of the API.
func parseTailFilter(texts []string) (map[string]any, error) {
	filter := map[string]any{}
	for _, text := range texts {
		for pair := range strings.FieldsSeq(text) {
			key, value, _ := strings.Cut(pair, "=")
			if value == "" {
				return nil, fmt.Errorf("--filter: %q is not a key=value pair", pair)
			}
			if err := setTailFilter(filter, strings.ToLower(key), value); err != nil {
				return nil, fmt.Errorf("--filter: %w", err)
			}
		}
	}
	return filter, nil
}

func setTailFilter(filter map[string]any, key, value string) error {
	switch key {
	case "state":
		states := strings.Split(strings.ToUpper(value), ",")
		for _, s := range states {
			if !slices.Contains(outbox.States(), outbox.State(strings.ToLower(s))) {
				return fmt.Errorf("%q is not a state; there are %s", strings.ToLower(s), strings.Join(outbox.State("").Values(), ", "))
			}
		}
		filter["states"] = states
	case "goal":
		filter["goals"] = strings.Split(value, ",")
	case "campaign":
		return setIDs(filter, "campaignIds", "Campaign", value)
	case "postback":
		return setIDs(filter, "postbackIds", "Postback", value)
	case "code":
		from, to, err := codes(value)
		filter["statusCodeFrom"], filter["statusCodeTo"] = from, to
		return err
	case "search":
		filter["search"] = value
	default:
		return fmt.Errorf("there is no key %q; use state, goal, campaign, postback, code or search", key)
	}
	return nil
}

// setIDs accepts ids as the API returns them, or the numbers of the macros.
func setIDs(filter map[string]any, field, kind, value string) error {
	ids := strings.Split(value, ",")
	for i, id := range ids {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			ids[i] = globalid.Int(kind, n)
		} else if parsed, ok := globalid.Parse(id); !ok || parsed.Kind != kind {
			return fmt.Errorf("%q is not the id of %s", id, globalid.Noun(kind))
		}
	}
	filter[field] = ids
	return nil
}

// codes parses 404, 4xx or 400-499.
func codes(value string) (from, to int, err error) {
	low, high, isRange := strings.Cut(value, "-")
	if class, found := strings.CutSuffix(strings.ToLower(value), "xx"); found {
		low, high, isRange = class+"00", class+"99", true
	}
	if !isRange {
		high = low
	}
	from, err = strconv.Atoi(low)
	if err == nil {
		to, err = strconv.Atoi(high)
	}
	if err != nil || from < 100 || to > 599 || from > to {
		return 0, 0, fmt.Errorf("%q is not a status code; write 404, 4xx or 400-499", value)
	}
	return from, to, nil
}

// checkURL returns what is wrong with the URL of a Postrider; empty for nothing.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if text != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("--url: %q is not an absolute http or https URL; want https://links.example.com", text)
	}
	return nil
}

func shorten(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
