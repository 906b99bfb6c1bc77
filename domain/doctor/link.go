package doctor

import (
	"fmt"
	"slices"
	"strings"

	"postrider/domain/macro"
	"postrider/domain/presets"
	"postrider/domain/tracking"
)

// link holds the params that the template uses against those that the tracking
// link carries.
func (e *exam) link() {
	if e.TrackingLink == "" {
		return
	}
	carried := Params(e.TrackingLink)
	var missing []macro.Slot
	for _, slot := range e.template.Slots() {
		if i := slices.Index(params, slot.Macro); i >= 0 && carried[i] == "" {
			missing = append(missing, slot)
		}
	}
	if carried == [3]string{} && len(missing) > 0 {
		e.find(CodeLinkEmpty, Warning, place{missing[0].Start, missing[0].End}, "The tracking link has no param_1, param_2 or param_3, so this would always be empty: add param_1 with your tracker's click id to the link.", nil)
		return
	}
	for _, slot := range missing {
		at := place{slot.Start, slot.End}
		message := fmt.Sprintf("The tracking link has %s, not %s, so this would always be empty.", names(carried), slot.Macro)
		var fix *Fix
		if free := e.unused(carried); free != "" {
			with := strings.Replace(e.Template[at.start:at.end], e.Template[at.start+1:at.start+1+nameLength(e.Template[at.start+1:at.end])], free, 1)
			fix = e.replacing(at, with, "Use {"+free+"}")
		}
		e.find(CodeParamNotInLink, Warning, at, message, fix)
	}
	e.linkToken(carried)
}

// Params reads param_1 to param_3 of a tracking link, as a click over it would, by whatever name.
// One is empty where the link has none, or spaces alone.
func Params(link string) [3]string {
	_, query, _ := strings.Cut(link, "?")
	carried := tracking.Read(tracking.Request{RawQuery: query}).Params
	for i, value := range carried {
		carried[i] = strings.TrimSpace(value)
	}
	return carried
}

func names(carried [3]string) string {
	var list []string
	for i, value := range carried {
		if value != "" {
			list = append(list, string(params[i]))
		}
	}
	return strings.Join(list, " and ")
}

// unused is the first param that the link carries and the template does not use;
// where it uses all, the first that the link carries.
func (e *exam) unused(carried [3]string) string {
	first := ""
	for i, value := range carried {
		switch {
		case value == "":
		case !e.uses(params[i]):
			return string(params[i])
		case first == "":
			first = string(params[i])
		}
	}
	return first
}

// nameLength is how long a macro's name is, at the start of what stands inside the
// braces.
func nameLength(inside string) int {
	if end := strings.IndexAny(inside, "|}"); end >= 0 {
		return end
	}
	return len(inside)
}

// linkToken finds a tracking link that was made for another tracker.
func (e *exam) linkToken(carried [3]string) {
	if e.preset == nil || !e.certain || e.preset.Token == "" || e.preset.Kind != "tracker" {
		return
	}
	for i, value := range carried {
		tokens := presets.Tokens("=" + value)
		if len(tokens) != 1 || !e.uses(params[i]) || tokens[0].Start != 1 || tokens[0].End != len(value)+1 || strings.EqualFold(value, e.preset.Token) {
			continue
		}
		if proposal, confidence := presets.Propose(tokens[0].Name); confidence == presets.None || proposal != "{param_1}" {
			continue
		}
		e.find(CodeLinkToken, Warning, nowhere, fmt.Sprintf("The tracking link has %s in %s, but the token of %s is %s: check which tracker the link is for.", value, params[i], e.preset.Name, e.preset.Token), nil)
	}
}
