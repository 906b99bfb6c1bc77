package doctor

import (
	"fmt"
	"regexp"
	"strings"

	"postrider/domain/macro"
)

var (
	email        = regexp.MustCompile(`(?i)[a-z0-9._+-]+(@|%40)[a-z0-9-]+(\.[a-z0-9-]+)+`)
	phone        = regexp.MustCompile(`^(\+|%2B|00)[1-9][0-9 .()-]{7,17}$`)
	personalName = regexp.MustCompile(`(?i)^(e[-_]?mail|mail|email_?address|phone|phone_?number|tel|telephone|msisdn|mobile|first_?name|last_?name|full_?name|birth_?day|birth_?date|dob|ssn|iban|card_?number|passport)$`)
)

// personal finds what tells who a person is: it does not belong into a URL, which
// ends in logs everywhere.
func (e *exam) personal() {
	for _, p := range e.pieces {
		var what string
		switch {
		case email.MatchString(p.value):
			what = "an e-mail address"
		case phone.MatchString(p.value):
			what = "a phone number"
		case personalName.MatchString(p.name) && p.value != "" && !e.onlyMacro(p.value, macro.ClickID, macro.Param1, macro.ConversionID):
			what = "a person's " + strings.ToLower(p.name)
		default:
			continue
		}
		e.find(CodePersonalData, Warning, p.whole, fmt.Sprintf("This sends %s, which every server that logs the URL keeps.", what),
			&Fix{Label: "Remove the parameter", URLTemplate: without(e.Template, p)})
	}
}

// onlyMacro tells whether a value is one of these macros and nothing else.
func (e *exam) onlyMacro(value string, names ...macro.Name) bool {
	for _, name := range names {
		if value == "{"+string(name)+"}" {
			return true
		}
	}
	return false
}
