package macro

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// placeholder reads from "{" to the "}" that closes it.
func (p *parser) placeholder() {
	start := p.pos
	length, closed := placeholderLength(p.source[start:])
	if !closed {
		p.fail(CodeUnbalancedBrace, start, start+1, `This "{" is never closed; write "{{" for a literal brace.`)
		p.pos++
		return
	}
	p.pos = start + length
	if p.in == sectionTarget {
		p.fail(CodeMacroBeforePath, start, p.pos, "Macros can only be used in the path, the query or the fragment; scheme, host and port must be fixed.")
	}
	inside := p.source[start:p.pos]
	if at := strings.IndexFunc(inside, isControl); at >= 0 {
		p.fail(CodeControl, start+at, start+at+1, controlMessage)
	}
	if at := strings.IndexRune(inside, utf8.RuneError); at >= 0 {
		p.fail(CodeInvalidText, start+at, start+at+1, "This is not valid UTF-8 text.")
	}
	s := slot{start: start, end: p.pos, place: p.place()}
	name, chain, filtered := cutUnescaped(p.source[start+1:p.pos-1], '|')
	s.macro = p.macro(name, start, p.pos)
	for at := start + 1 + len(name) + 1; filtered; {
		var source string
		source, chain, filtered = cutUnescaped(chain, '|')
		p.filter(&s, source, at)
		at += len(source) + 1
	}
	s.before = string(p.literal)
	p.literal = p.literal[:0]
	p.slots = append(p.slots, s)
}

// placeholderLength finds the closing brace. An opening one before it means that the first was
// never closed.
func placeholderLength(rest string) (length int, closed bool) {
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case '}':
			return i + 1, true
		case '{':
			return 0, false
		}
	}
	return 0, false
}

func (p *parser) place() Place {
	switch {
	case p.in == sectionFragment:
		return InFragment
	case p.in == sectionQuery && p.inValue:
		return InQueryValue
	case p.in == sectionQuery:
		return InQueryName
	default:
		return InPath
	}
}

func (p *parser) macro(name string, start, end int) uint8 {
	i, ok := indexOf(name)
	switch {
	case !ok:
		p.fail(CodeUnknownMacro, start, end, unknownMacro(name))
	case !p.scope.allows(i):
		p.fail(CodeUnavailableMacro, start, end, unavailable(p.scope, macros[i].Name))
	}
	return i
}

func unavailable(scope Scope, name Name) string {
	if scope == Clicks {
		return fmt.Sprintf("{%s} has no value yet at the click; it can only be used in a postback.", name)
	}
	return fmt.Sprintf("{%s} is for aggregated conversions, and this postback sends each conversion separately; use %s, or turn aggregation on.", name, name.ForOne())
}

func unknownMacro(name string) string {
	if strings.TrimSpace(name) == "" {
		return "There is no macro name between these braces."
	}
	if like, ok := Nearest(name); ok {
		return fmt.Sprintf("There is no macro {%s}; did you mean {%s}?", shorten(name), like)
	}
	return fmt.Sprintf("There is no macro {%s}.", shorten(name))
}

// filter reads one filter of a chain; at is where it begins in the source.
func (p *parser) filter(s *slot, source string, at int) {
	name, argument, given := strings.Cut(source, ":")
	f, ok := findFilter(name)
	if !ok {
		p.fail(CodeUnknownFilter, at, at+len(source), unknownFilter(name))
		return
	}
	if f.Name == rawFilter && !given {
		s.raw = true
		s.filters = append(s.filters, call{source: source, apply: func(v string) string { return v }})
		return
	}
	apply, err := f.prepare(argument, given)
	if err != nil {
		p.fail(CodeBadArgument, at, at+len(source), fmt.Sprintf("The filter %s %s.", f.Name, err))
		return
	}
	s.filters = append(s.filters, call{source: source, apply: apply})
}

func unknownFilter(name string) string {
	if name == "" {
		return "There is no filter after this bar."
	}
	if like := nearestFilter(name); like != "" {
		return fmt.Sprintf("There is no filter %q; did you mean %q?", shorten(name), like)
	}
	return fmt.Sprintf("There is no filter %q.", shorten(name))
}

// shorten bounds the length of a quotation in a message.
func shorten(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	runes := []rune(s)
	return string(runes[:min(most, len(runes))]) + "…"
}
