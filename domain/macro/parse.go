package macro

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Parse parses a postback's URL template. The error is an Errors with every fault.
func Parse(template string) (*Template, error) { return ParseFor(template, Conversions) }

// ParseFor parses a template that is expanded in the given scope; macros that have no value
// there are refused. The error is an Errors with every fault.
func ParseFor(template string, scope Scope) (*Template, error) {
	if len(template) > MaxTemplate {
		return nil, Errors{{
			Code:    CodeTooLong,
			Message: fmt.Sprintf("The URL is %d bytes long; the limit is %d.", len(template), MaxTemplate),
			Start:   MaxTemplate, End: len(template),
		}}
	}
	p := parser{source: template, scope: scope}
	endpoint := p.read()
	if len(p.errs) > 0 {
		p.errs.sort()
		return nil, p.errs
	}
	return &Template{source: template, endpoint: endpoint, slots: p.slots, tail: string(p.literal)}, nil
}

// section is the part of the URL that the parser is in.
type section uint8

const (
	sectionTarget section = iota
	sectionPath
	sectionQuery
	sectionFragment
)

type parser struct {
	source    string
	scope     Scope
	pathStart int // where scheme, host and port end

	pos     int
	in      section
	inValue bool   // in the query, after a parameter's "="
	literal []byte // since the last slot, encoded
	slots   []slot
	errs    Errors

	segmentText  []byte // literal text of the path segment so far
	segmentSlots int    // index of the segment's first slot
}

// read reads the whole template and returns its endpoint.
func (p *parser) read() string {
	target := p.target()
	p.pathStart = target.end
	for p.pos < len(p.source) {
		p.next()
	}
	p.endSegment()
	return target.endpoint
}

// next reads one literal character, brace pair or placeholder.
func (p *parser) next() {
	if p.pos >= p.pathStart && p.in == sectionTarget {
		p.in = sectionPath
	}
	rest := p.source[p.pos:]
	switch c := rest[0]; {
	case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"):
		p.brace(c)
	case c == '{':
		p.placeholder()
	case c == '}':
		p.fail(CodeUnbalancedBrace, p.pos, p.pos+1, `This "}" has no opening brace; write "}}" for a literal brace.`)
		p.pos++
	case c == ' ':
		p.run(CodeSpace, "A URL cannot contain spaces; write %20, or remove them.", func(r rune) bool { return r == ' ' })
	case isControl(rune(c)):
		p.run(CodeControl, controlMessage, isControl)
	case c == '%' && !isEscape(rest):
		p.text("%25")
		p.pos++
	case c >= utf8.RuneSelf:
		p.nonASCII(rest)
	default:
		p.move(c)
		p.text(string(c))
		p.pos++
	}
}

// move updates the section of the URL after a literal character.
func (p *parser) move(c byte) {
	switch {
	case p.in == sectionPath && (c == '/' || c == '?' || c == '#'):
		p.endSegment()
		switch c {
		case '?':
			p.in = sectionQuery
		case '#':
			p.in = sectionFragment
		}
	case p.in == sectionQuery && c == '#':
		p.in = sectionFragment
	case p.in == sectionQuery && c == '=':
		p.inValue = true
	case p.in == sectionQuery && (c == '&' || c == ';'):
		p.inValue = false
	}
}

// text appends literal text, and encodes what is not allowed in a URL.
func (p *parser) text(s string) {
	if p.in == sectionPath {
		if s == "/" || s == "?" || s == "#" {
			p.literal = append(p.literal, s...)
			return
		}
		p.segmentText = append(p.segmentText, s...)
	}
	if p.in == sectionTarget {
		p.literal = append(p.literal, s...)
		return
	}
	for i := range len(s) {
		if strings.IndexByte(`"<>\^|`+"`", s[i]) >= 0 || s[i] >= utf8.RuneSelf || p.in == sectionPath && (s[i] == '[' || s[i] == ']') {
			p.literal = append(p.literal, '%', upperHex[s[i]>>4], upperHex[s[i]&15])
			continue
		}
		p.literal = append(p.literal, s[i])
	}
}

// brace appends a literal brace.
func (p *parser) brace(c byte) {
	switch {
	case p.in == sectionTarget:
		p.fail(CodeInvalidHost, p.pos, p.pos+2, "Scheme, host and port cannot contain braces.")
	case p.in == sectionQuery:
		p.text(string(c))
	case c == '{':
		p.text("%7B")
	default:
		p.text("%7D")
	}
	p.pos += 2
}

func (p *parser) nonASCII(rest string) {
	r, size := utf8.DecodeRuneInString(rest)
	if r == utf8.RuneError && size == 1 {
		p.run(CodeInvalidText, "This is not valid UTF-8 text.", func(r rune) bool { return r == utf8.RuneError })
		return
	}
	p.text(rest[:size])
	p.pos += size
}

const controlMessage = "There is a line break, tab or other control character here; remove it."

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// run reports one error for all neighbouring characters of a kind.
func (p *parser) run(code, message string, belongs func(rune) bool) {
	start := p.pos
	rest := strings.TrimLeftFunc(p.source[start:], belongs)
	p.pos = len(p.source) - len(rest)
	p.fail(code, start, p.pos, message)
}

// endSegment sets, at the end of a path segment, the dotRisk of its slots: whether their
// values, with literal dots at most, could be the whole of it.
func (p *parser) endSegment() {
	text := decodeDots(string(p.segmentText))
	if text == "" || isDots(text) {
		for i := p.segmentSlots; i < len(p.slots); i++ {
			p.slots[i].dotRisk = p.slots[i].place == InPath
		}
	}
	p.segmentText, p.segmentSlots = p.segmentText[:0], len(p.slots)
}

func (p *parser) fail(code string, start, end int, message string) {
	p.errs = append(p.errs, Error{Code: code, Message: message, Start: start, End: end})
}
