package doctor

import (
	"errors"
	"fmt"
	"strings"

	"postrider/domain/macro"
	"postrider/domain/presets"
)

// language finds what the macro language refuses.
func (e *exam) language() {
	template, err := macro.ParseFor(e.Template, macro.ScopeFor(e.Aggregates))
	if err == nil {
		e.template = template
		return
	}
	faults, _ := errors.AsType[macro.Errors](err)
	for _, f := range faults {
		at := e.whole(f, place{f.Start, min(f.End, len(e.Template))})
		message, fix := f.Message, e.fixLanguage(f, at)
		if f.Code == macro.CodeUnknownMacro {
			message = e.unknownMacro(at, f.Message)
		}
		e.find(f.Code, Error, at, message, fix)
	}
}

// whole widens the place of an unknown macro to the placeholder of another dialect
// that it is a part of: ${x}.
func (e *exam) whole(f macro.Error, at place) place {
	if f.Code != macro.CodeUnknownMacro {
		return at
	}
	for _, t := range presets.Tokens(e.Template) {
		if (t.Dialect == presets.Dollar || t.Dialect == presets.HashBraces) && t.Start < at.start && at.end == t.End {
			return place{t.Start, t.End}
		}
	}
	return at
}

// unknownMacro says whose placeholder it is, where that is known.
func (e *exam) unknownMacro(at place, message string) string {
	written := e.Template[at.start:at.end]
	name, _, _ := strings.Cut(strings.Trim(written, "${}#"), "|")
	proposal, confidence := presets.Propose(name)
	if confidence == presets.None {
		return message
	}
	if e.preset != nil && strings.EqualFold(e.preset.Token, written) {
		return fmt.Sprintf("%s is a token of %s for the tracking link; in a postback use %s.", written, e.preset.Name, proposal)
	}
	if confidence == presets.Guess {
		return fmt.Sprintf("%s is not a macro; did you mean %s?", written, proposal)
	}
	return fmt.Sprintf("%s is another system's placeholder; use %s.", written, proposal)
}

func (e *exam) fixLanguage(f macro.Error, at place) *Fix {
	written := e.Template[at.start:at.end]
	switch f.Code {
	case macro.CodeUnknownMacro:
		return e.fixUnknown(at, written)
	case macro.CodeUnavailableMacro:
		return e.fixForOne(at, written)
	case macro.CodeSpace:
		if at.start == 0 || at.end == len(e.Template) || !e.amongText(at) {
			return e.replacing(at, "", "Remove the space")
		}
		return e.replacing(at, strings.Repeat("%20", len(written)), "Write the space as %20")
	case macro.CodeControl, macro.CodeInvalidText:
		return e.replacing(at, "", "Remove it")
	case macro.CodeUnbalancedBrace:
		return e.fixBrace(at)
	case macro.CodeNotAbsolute:
		return e.fixScheme(at, written)
	case macro.CodeCredentials:
		return e.replacing(at, "", "Remove user name and password")
	case macro.CodeUnknownFilter, macro.CodeBadArgument:
		return e.fixFilter(at)
	default:
		return nil
	}
}

func (e *exam) fixUnknown(at place, written string) *Fix {
	name, filters, filtered := strings.Cut(strings.Trim(written, "${}#"), "|")
	if filtered {
		filters = "|" + filters
	}
	to := ""
	if proposal, confidence := presets.Propose(name); confidence == presets.Sure || confidence == presets.Likely {
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

// fixBrace closes a brace after the name of a macro; others are taken away.
func (e *exam) fixBrace(at place) *Fix {
	rest := e.Template[at.end:]
	length := len(rest) - len(strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"))
	if _, known := macro.Lookup(rest[:length]); known && e.Template[at.start] == '{' {
		return e.replacing(place{at.end + length, at.end + length}, "}", "Close the brace")
	}
	return e.replacing(at, "", "Remove the brace")
}

func (e *exam) fixScheme(at place, written string) *Fix {
	switch {
	case strings.Contains(written, "://"):
		return e.replacing(at, "https://", "Start with https://")
	case strings.HasPrefix(e.Template, "//"):
		return &Fix{Label: "Start with https://", URLTemplate: "https:" + e.Template}
	default:
		return &Fix{Label: "Start with https://", URLTemplate: "https://" + e.Template}
	}
}

// fixFilter takes a filter away with the bar before it.
func (e *exam) fixFilter(at place) *Fix {
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
