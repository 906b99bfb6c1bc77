package presets

import "strings"

// parts is a URL split without changing the placeholders in it.
type parts struct {
	scheme string // http or https
	host   string // with its port, as written
	path   string
	pairs  []pair
	rest   string // from "#" on
}

// pair is one piece of a query.
type pair struct {
	name   string
	value  string
	equals bool
}

// takeApart splits a URL, or a query without one.
func takeApart(text string) parts {
	p := parts{scheme: "https"}
	if i := strings.Index(text, "://"); i >= 0 && i <= len("https") {
		if strings.EqualFold(text[:i], "http") {
			p.scheme = "http"
		}
		text = text[i+len("://"):]
	} else if !strings.ContainsAny(text, "/?") {
		p.pairs = readPairs(text)
		return p
	}
	rest := text
	p.host, rest = splitBefore(rest, "/?#")
	p.path, rest = splitBefore(rest, "?#")
	query, fragment := splitBefore(rest, "#")
	p.rest = fragment
	p.pairs = readPairs(strings.TrimPrefix(query, "?"))
	return p
}

// splitBefore cuts at the first of some characters that is outside of placeholders.
func splitBefore(text, anyOf string) (before, after string) {
	tokens := Tokens(text)
	for i := 0; i < len(text); {
		if t := startingAt(tokens, i); t != nil {
			i = t.End
			continue
		}
		if strings.IndexByte(anyOf, text[i]) >= 0 {
			return text[:i], text[i:]
		}
		i++
	}
	return text, ""
}

// splitOutside cuts at each of some characters that is outside of placeholders.
func splitOutside(text, anyOf string) []string {
	var list []string
	tokens := Tokens(text)
	start := 0
	for i := 0; i < len(text); {
		if t := startingAt(tokens, i); t != nil {
			i = t.End
			continue
		}
		if strings.IndexByte(anyOf, text[i]) >= 0 {
			list = append(list, text[start:i])
			start = i + 1
		}
		i++
	}
	return append(list, text[start:])
}

// readPairs parses a query; a second "?" separates like "&", and empty pieces are left out.
func readPairs(query string) []pair {
	var list []pair
	for _, piece := range splitOutside(query, "&?") {
		if piece == "" {
			continue
		}
		name, value := splitBefore(piece, "=")
		list = append(list, pair{name: name, value: strings.TrimPrefix(value, "="), equals: value != ""})
	}
	return list
}
