package backoffice

import (
	"encoding/csv"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// table reads the records of a file from a spreadsheet, one after another. What is wrong with a
// line costs that line alone.
type table struct {
	comma rune
	rest  string // what was not read yet
	line  int    // the number of its first line
}

// separatorLine is how a spreadsheet says its separator: sep=; in the first line.
var separatorLine = regexp.MustCompile(`(?i)^"?sep=([^"\r\n])"?[,;|\t ]*$`)

// newTable begins to read a file whose first line, after empty ones and one that says the
// separator, names the columns.
func newTable(text string) *table {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\uFEFF"), "\r\n", "\n")
	t := &table{rest: strings.ReplaceAll(text, "\r", "\n"), line: 1}
	head := t.skipBlank()
	if m := separatorLine.FindStringSubmatch(head); m != nil && m[1] != "\uFFFD" {
		t.comma, _ = utf8.DecodeRuneInString(m[1])
		t.skip(head)
		t.rest = strings.TrimPrefix(t.rest, "\uFEFF")
		return t
	}
	t.comma = ','
	for _, mark := range []string{";", "\t", "|"} {
		if strings.Count(head, mark) > strings.Count(head, string(t.comma)) {
			t.comma = rune(mark[0])
		}
	}
	return t
}

// skipBlank skips lines in which there is nothing, and returns the first other one.
func (t *table) skipBlank() string {
	for t.rest != "" {
		line, _, _ := strings.Cut(t.rest, "\n")
		if strings.Trim(line, "\",;|\t ") != "" {
			return line
		}
		t.skip(line)
	}
	return ""
}

// skip skips a text at the beginning of the rest, and the end of its line.
func (t *table) skip(text string) {
	t.line += strings.Count(text, "\n") + 1
	t.rest = strings.TrimPrefix(t.rest[len(text):], "\n")
}

// next reads a record, and returns its text as it stands in the file; io.EOF after the last. A
// quote that is not closed, or stands within a field, is part of it.
func (t *table) next() (record []string, written string, line int, err error) {
	written, line = t.skipBlank(), t.line
	if written == "" {
		return nil, "", line, io.EOF
	}
	if strings.Count(written, `"`)%2 == 1 { // a field of several lines, perhaps
		if record, several, err := t.read(t.rest, false); err == nil {
			written = strings.TrimSuffix(several, "\n")
			t.skip(written)
			return record, written, line, nil
		}
	}
	if record, _, err = t.read(written, false); err != nil {
		record, _, err = t.read(written, true)
	}
	t.skip(written)
	return record, written, line, err
}

// read reads one record at the beginning of a text, and returns what of the text it is.
func (t *table) read(text string, lazy bool) (record []string, written string, err error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.TrimLeadingSpace = t.comma, lazy, -1, true
	record, err = r.Read()
	return record, text[:r.InputOffset()], err
}
