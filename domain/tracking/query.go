package tracking

import (
	"fmt"
	"slices"
	"strings"

	"postrider/domain/pasted"
)

// paramNames are our names of what a link carries for its affiliate.
var paramNames = [3]string{"param_1", "param_2", "param_3"}

// Aliases are the names under which other networks' links carry what param_1 to param_3 carry
// here, in the order in which they are read: numbered ones first, which say the place themselves.
// Case and underscores do not matter. A name is read only where the param itself is not given.
// They are the ones that published templates of networks and trackers use.
var Aliases = [3][]string{
	{"param1", "sub1", "subid1", "affsub1", "s1", "affsub", "subid", "clickid", "cid"},
	{"param2", "sub2", "subid2", "affsub2", "s2"},
	{"param3", "sub3", "subid3", "affsub3", "s3"},
}

// The other parameters of a link.
const (
	paramLanding  = "lp"   // a landing page's key
	paramDeepLink = "dl"   // a page on one of the offer's allowed hosts
	paramTest     = "test" // 1: no report counts the click
)

// place says which param a name fills, as an index of Aliases, and how early it is read among
// those that fill the same; our own name is read first.
type place struct{ param, rank int }

// places are the places of all names, folded.
var places = func() map[string]place {
	all := map[string]place{}
	for i, own := range paramNames {
		all[own] = place{param: i, rank: -1}
		for rank, alias := range Aliases[i] {
			all[alias] = place{param: i, rank: rank}
		}
	}
	return all
}()

// placeOf returns the place of a name of a link.
func placeOf(name string) (place, bool) {
	if p, ok := places[name]; ok {
		return p, true
	}
	folded := strings.ToLower(name)
	if p, ok := places[folded]; ok {
		return p, true
	}
	p, ok := places[joiners.Replace(folded)]
	return p, ok
}

// joiners are taken out of a name.
var joiners = strings.NewReplacer("_", "", "-", "")

// IsParam reports whether a name is one of a link's parameters, ours or another network's.
func IsParam(name string) bool {
	_, ok := placeOf(name)
	return ok || name == paramLanding || name == paramDeepLink
}

// appended are the parameters that other programs put behind a link that they pass on, some with a
// question mark of their own. Nothing here reads them.
var appended = []string{
	"fbclid", "gclid", "gbraid", "wbraid", "msclkid", "ttclid", "twclid", "yclid", "igshid", "igsh", "li_fat_id", "mc_cid", "mc_eid", "_ga", "_gl",
	"utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id",
}

// hideable are the names that are looked for within values, where a wrong separator hid them. Names
// of other networks are not: they are short, and a value of an affiliate's may be made of them.
var hideable = append(append(slices.Clone(paramNames[:]), "param1", "param2", "param3", paramLanding, paramDeepLink), appended...)

var linkNames = pasted.Names{All: hideable, Reads: func(name string) bool { return slices.Contains(hideable, name) }}

// ReadAddress returns the code and the query of a request for a link, from the path after /c and
// the query, both as they were sent, with notes on what was tolerated.
func ReadAddress(path, query string) (code, rawQuery string, notes []string) {
	code, rawQuery, notes = pasted.Address("code", path, query)
	if IsLinkCode(code) {
		return code, rawQuery, notes
	}
	// Mail breaks lines, and chats take the punctuation that follows a link for a part of it.
	tidy := strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' || r == '\u00A0' || r == '\u00AD' || r >= '\u200B' && r <= '\u200D' || r == '\u2060' || r == '\uFEFF' {
			return -1
		}
		return r
	}, code))
	tidy = strings.TrimFunc(tidy, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefghijklmnopqrstuvwxyz", r) })
	if IsLinkCode(tidy) {
		return tidy, rawQuery, append(notes, fmt.Sprintf("the code was given as %q", code))
	}
	return code, rawQuery, notes
}

// values are the parameters of a link's query.
type values struct {
	params  [3]string
	names   [3]string // the name that a param was given under; empty for its own
	landing string
	deep    string
	test    bool
	unread  []string // names that nothing reads
	notes   []string // what was tolerated
}

// readQuery reads a link's query. Of a parameter that is given twice, the first that has a value
// counts. It drops nothing in silence: a value with a broken escape is kept as written.
func readQuery(raw string) values {
	var v values
	ranks := [3]int{}
	note := func(text string) {
		if text != "" && !slices.Contains(v.notes, text) {
			v.notes = append(v.notes, text)
		}
	}
	first := func(to *string, value string) {
		if *to == "" {
			*to = value
		}
	}
	for _, p := range linkNames.Pairs(decodedOnce(raw)) {
		name, value := pasted.TrimName(p.PlainName()), unescape(p.Value)
		note(p.Note())
		switch at, isParam := placeOf(name); {
		case isParam && value != "" && (v.params[at.param] == "" || at.rank < ranks[at.param]):
			v.params[at.param], v.names[at.param], ranks[at.param] = value, name, at.rank
		case name == paramLanding:
			first(&v.landing, value)
		case name == paramDeepLink:
			first(&v.deep, value)
		case name == paramTest:
			v.test = v.test || value == "1"
		case !isParam && name != "" && !slices.Contains(v.unread, name):
			v.unread = append(v.unread, name)
		}
	}
	for i, own := range paramNames {
		if v.names[i] == own {
			v.names[i] = ""
		} else if v.names[i] != "" {
			note(fmt.Sprintf("%s was read as %s", v.names[i], own))
		}
	}
	return v
}

// decodedOnce decodes a query that was percent-encoded as a whole, its separators too.
func decodedOnce(raw string) string {
	if strings.ContainsAny(raw, "=&") || !strings.Contains(raw, "%3D") && !strings.Contains(raw, "%3d") {
		return raw
	}
	return unescape(raw)
}
