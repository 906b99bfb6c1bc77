package macro

// Unescape resolves the backslashes of an argument.
var Unescape = unescape

// CutAll cuts s at every sep that no backslash precedes.
func CutAll(s string, sep byte) []string {
	var parts []string
	for more := true; more; {
		var part string
		part, s, more = cutUnescaped(s, sep)
		parts = append(parts, part)
	}
	return parts
}

// ReadSlots lists the placeholders that the parser finds, with its errors, in a template of
// any length that it may refuse. The Macro of an unknown one is meaningless.
func ReadSlots(template string) ([]Slot, Errors) {
	p := parser{source: template, scope: Aggregated}
	p.read()
	return (&Template{slots: p.slots}).Slots(), p.errs
}

// PlaceAt returns the parser's place at an offset; before the path, inHost.
func PlaceAt(template string, offset int) (place Place, inHost bool) {
	p := parser{source: template, scope: Aggregated}
	p.pathStart = p.target().end
	for p.pos < offset {
		p.next()
	}
	return p.place(), offset < p.pathStart
}

// Parameter is one parameter of a query by byte offsets: name, "=", value. Without an equals
// sign, Equals is where it ends.
type Parameter struct {
	Start, Equals, End int
}

// ReadParameters lists the parameters of a template's query, with the query's bounds and the
// pieces as the parser determines them.
func ReadParameters(template string) []Parameter {
	var found []Parameter
	p := parser{source: template, scope: Aggregated}
	p.pathStart = p.target().end
	fresh := true
	for p.pos < len(template) {
		start, before := p.pos, p.in
		p.next()
		piece := template[start:p.pos]
		if before != sectionQuery || p.in != sectionQuery { // "?" and "#" too
			continue
		}
		if piece == "&" {
			fresh = true
			continue
		}
		if fresh {
			found, fresh = append(found, Parameter{Start: start}), false
		}
		last := &found[len(found)-1]
		last.End = p.pos
		if piece == "=" && last.Equals == 0 {
			last.Equals = start
		}
	}
	for i, one := range found {
		if one.Equals == 0 {
			found[i].Equals = one.End
		}
	}
	return found
}
