package doctor

import (
	"cmp"
	"slices"

	"postrider/domain/commission"
	"postrider/domain/macro"
	"postrider/domain/presets"
)

// Question is what the doctor is asked about.
type Question struct {
	Name         string // how its owner knows the postback; for the checklist alone
	Template     string
	PublicURL    string              // the installation's own; empty where it does not matter
	LinkOf       string              // what the template's own tracking link belongs to, if it is one
	TrackingLink string              // as it is given to traffic; empty where it is not known
	Goals        []string            // that fire this URL
	Repeating    []string            // goals of those that a player can reach more than once
	Statuses     []commission.Status // that fire it; empty for approved alone
	Aggregates   bool                // it tells of several conversions of a click in one request
	Crosses      []string            // the other trackers, by name, that are called with the same click ids: see [CrossesWith]
	Others       []Postback          // which the same affiliate has besides this one
	OneGoal      bool                // its goal can be replaced, but none added
	Paid         []Goal              // that a deal in force pays for where it fires
	LastMonth    []Month             // what each goal brought where it fires
}

// Postback is what there is to know of another postback of the affiliate's.
type Postback struct {
	Name     string // how its owner knows it
	Template string
	Goals    []string            // that fire it
	Statuses []commission.Status // that fire it; empty for approved alone
}

// Check gives every finding, in the order of their places; those about no place
// come last. It asks nobody and is done in a moment.
func Check(q Question) []Finding {
	findings := examine(q)
	for i := range findings {
		if findings[i].Fix != nil && !heals(q, findings, findings[i]) {
			findings[i].Fix = nil
		}
	}
	for i, f := range findings {
		if f.Start >= 0 {
			findings[i].Start, findings[i].End = macro.UTF16Offset(q.Template, f.Start), macro.UTF16Offset(q.Template, f.End)
		}
	}
	return findings
}

// heals tries a fix: there must be fewer findings of that code, and of no code as
// heavy or heavier more than before.
func heals(q Question, before []Finding, f Finding) bool {
	q = f.Fix.applied(q)
	after := examine(q)
	if count(after, f.Code) >= count(before, f.Code) {
		return false
	}
	for _, one := range after {
		if weight(one.Severity) >= weight(f.Severity) && count(after, one.Code) > count(before, one.Code) {
			return false
		}
	}
	return true
}

func count(findings []Finding, code string) int {
	n := 0
	for _, f := range findings {
		if f.Code == code {
			n++
		}
	}
	return n
}

func weight(s Severity) int { return len(Severities()) - slices.Index(Severities(), s) }

// exam is one look at a template.
type exam struct {
	Question

	template *macro.Template // nil where it does not parse
	pieces   []piece
	preset   *presets.Preset // nil where none is recognised
	certain  bool            // that it is the preset's tracker
	findings []Finding
}

// examine finds what is wrong; places are byte offsets, fixes not yet tried.
func examine(q Question) []Finding {
	e := &exam{Question: q, pieces: takeApart(q.Template)}
	var confidence presets.Confidence
	e.preset, confidence = presets.Identify(q.Template)
	e.certain = confidence == presets.Sure
	e.own()
	e.language()
	e.form()
	e.leftovers()
	e.personal()
	e.trackerReads()
	if e.template != nil {
		e.clickID()
		e.link()
		e.tellsApart()
		e.fixedCurrency()
		e.paidFor()
		e.addsUp()
		e.elsewhere()
		e.crossed()
	}
	slices.SortStableFunc(e.findings, func(a, b Finding) int {
		if (a.Start < 0) != (b.Start < 0) {
			return cmp.Compare(b.Start, a.Start)
		}
		return cmp.Compare(a.Start, b.Start)
	})
	return e.findings
}

// place is a stretch of the template, in bytes.
type place struct{ start, end int }

var nowhere = place{-1, -1}

func (e *exam) find(code string, s Severity, at place, message string, fix *Fix) {
	e.findings = append(e.findings, Finding{Code: code, Severity: s, Message: message, Start: at.start, End: at.end, Fix: fix})
}

// replacing is a fix that puts something else in a place.
func (e *exam) replacing(at place, with, label string) *Fix {
	return &Fix{Label: label, URLTemplate: e.Template[:at.start] + with + e.Template[at.end:]}
}

// adding is a fix that adds a parameter to the query.
func (e *exam) adding(name, value, label string) *Fix {
	return &Fix{Label: label, URLTemplate: withParameter(e.Template, name, value)}
}

func (e *exam) uses(names ...macro.Name) bool {
	return slices.ContainsFunc(e.template.Macros(), func(used macro.Name) bool { return slices.Contains(names, used) })
}
