package doctor

import (
	"errors"
	"fmt"
	"strings"

	"postrider/macro"
	"postrider/tracker"
)

// language finds what the macro language refuses.
func (e *exam) language() {
	template, err := macro.Parse(e.Template)
	if err == nil {
		e.template = template
		return
	}
	faults, _ := errors.AsType[macro.Errors](err)
	for _, f := range faults {
		at := place{f.Start, min(f.End, len(e.Template))}
		message, mend := f.Message, e.mendLanguage(f, at)
		if f.Code == macro.CodeUnknownMacro {
			message = e.unknownMacro(at, f.Message)
		}
		e.find(f.Code, Error, at, message, mend)
	}
}

// unknownMacro says whose placeholder it is, where that is known.
func (e *exam) unknownMacro(at place, message string) string {
	written := e.Template[at.start:at.end]
	name, _, _ := strings.Cut(strings.Trim(written, "{}"), "|")
	proposal, confidence := tracker.Propose(name)
	if confidence == tracker.None {
		return message
	}
	if e.preset != nil && strings.EqualFold(e.preset.Token, written) {
		return fmt.Sprintf("%s is %s's own token, for the tracking link; here it comes back as %s.", written, e.preset.Name, proposal)
	}
	if confidence == tracker.Guess {
		return fmt.Sprintf("%s is no macro of ours; perhaps it means %s.", written, proposal)
	}
	return fmt.Sprintf("%s is another system's placeholder; ours is %s.", written, proposal)
}

func (e *exam) mendLanguage(f macro.Error, at place) *Mend {
	written := e.Template[at.start:at.end]
	switch f.Code {
	case macro.CodeUnknownMacro:
		return e.mendUnknown(at, written)
	case macro.CodeSpace:
		if at.start == 0 || at.end == len(e.Template) || !e.amongText(at) {
			return e.replacing(at, "", "Remove the space")
		}
		return e.replacing(at, strings.Repeat("%20", len(written)), "Write the space as %20")
	case macro.CodeControl, macro.CodeInvalidText:
		return e.replacing(at, "", "Remove it")
	case macro.CodeUnbalancedBrace:
		return e.replacing(at, "", "Remove the brace")
	case macro.CodeNotAbsolute:
		return e.mendScheme(at, written)
	case macro.CodeCredentials:
		return e.replacing(at, "", "Remove user name and password")
	case macro.CodeUnknownFilter, macro.CodeBadArgument:
		return e.mendFilter(at)
	default:
		return nil
	}
}

func (e *exam) mendUnknown(at place, written string) *Mend {
	name, filters, filtered := strings.Cut(strings.Trim(written, "{}"), "|")
	if filtered {
		filters = "|" + filters
	}
	to := ""
	if proposal, confidence := tracker.Propose(name); confidence == tracker.Sure || confidence == tracker.Likely {
		to = strings.TrimSuffix(proposal, "}") + filters + "}"
	} else if like, ok := macro.Nearest(name); ok {
		to = "{" + string(like) + filters + "}"
	} else if proposal != "" {
		to = strings.TrimSuffix(proposal, "}") + filters + "}"
	}
	if to == "" {
		return e.replacing(at, "", "Remove "+written)
	}
	start, end := at.start, at.end
	return e.replacing(place{start, end}, to, fmt.Sprintf("Use %s", to))
}

func (e *exam) mendScheme(at place, written string) *Mend {
	switch {
	case strings.Contains(written, "://"):
		return e.replacing(at, "https://", "Begin with https://")
	case strings.HasPrefix(e.Template, "//"):
		return &Mend{Label: "Begin with https://", URLTemplate: "https:" + e.Template}
	default:
		return &Mend{Label: "Begin with https://", URLTemplate: "https://" + e.Template}
	}
}

// mendFilter takes a filter away with the bar before it.
func (e *exam) mendFilter(at place) *Mend {
	if at.start == 0 || e.Template[at.start-1] != '|' {
		return nil
	}
	return e.replacing(place{at.start - 1, at.end}, "", "Remove the filter")
}

// amongText tells whether letters or digits stand on both sides of a place.
func (e *exam) amongText(at place) bool {
	return isWord(e.Template[at.start-1]) && isWord(e.Template[at.end])
}

func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80 || c == '}' || c == '{'
}
