package doctor

import "strings"

// piece is one parameter of a template's query, by byte offsets.
type piece struct {
	whole  place // without the separators around it
	name   string
	value  string
	at     place // of the value
	equals bool
}

// takeApart finds the pieces of the query, empty ones too; separators inside a
// placeholder are none.
func takeApart(template string) []piece {
	start := outside(template, 0, "?#")
	if start == len(template) || template[start] == '#' {
		return nil
	}
	var list []piece
	for at := start + 1; ; {
		end := outside(template, at, "&#")
		list = append(list, readPiece(template, at, end))
		if end == len(template) || template[end] == '#' {
			return list
		}
		at = end + 1
	}
}

func readPiece(template string, start, end int) piece {
	p := piece{whole: place{start, end}}
	equals := outside(template[:end], start, "=")
	p.name, p.equals = template[start:equals], equals < end
	p.at = place{min(equals+1, end), end}
	p.value = template[p.at.start:end]
	return p
}

// outside finds the first of some characters, from a place on, that is in no
// placeholder; the end of the text where there is none.
func outside(text string, from int, anyOf string) int {
	for i := from; i < len(text); i++ {
		if text[i] == '{' {
			if end := strings.IndexByte(text[i:], '}'); end > 0 && !strings.Contains(text[i+1:i+end], "{") {
				i += end
				continue
			}
		}
		if strings.IndexByte(anyOf, text[i]) >= 0 {
			return i
		}
	}
	return len(text)
}

// withParameter adds name=value to the query of a template.
func withParameter(template, name, value string) string {
	fragment := outside(template, 0, "#")
	head, tail := template[:fragment], template[fragment:]
	question := outside(head, 0, "?")
	separator := "&"
	switch {
	case question == len(head):
		separator = "?"
		if !strings.Contains(strings.TrimPrefix(strings.TrimPrefix(head, "https://"), "http://"), "/") {
			separator = "/?"
		}
	case strings.HasSuffix(head, "?") || strings.HasSuffix(head, "&"):
		separator = ""
	}
	return head + separator + name + "=" + value + tail
}

// without takes a piece away with one of the separators around it.
func without(template string, p piece) string {
	start, end := p.whole.start, p.whole.end
	switch {
	case end < len(template) && template[end] == '&':
		end++
	case start > 0 && (template[start-1] == '&' || template[start-1] == '?'):
		start--
	}
	return template[:start] + template[end:]
}
