package pgtest

import (
	"fmt"
	"regexp"
)

// unreadable are what no person would write into a message.
var unreadable = map[string]*regexp.Regexp{
	"a, where an belongs":         regexp.MustCompile(`(?i)\ba (a(?:ffiliate|lert|ttempt|udit|pi)|e(?:cho|xchange|-mail)|i(?:ntegration|d\b)|o(?:ffer|perator))`),
	"an, where a belongs":         regexp.MustCompile(`(?i)\ban (b|c|d|f(?:[aeiou])|g|j|k|l(?:[aeiou])|p|q|t|user|v|w|z)`),
	"a duration as Go prints it":  regexp.MustCompile(`\b\d+(h|m)\d+(m|s)|\b\d+m0s|-\d+h`),
	"a list or map of Go":         regexp.MustCompile(`map\[|\[\]|\[[a-z_]+( [a-z_]+)+\]|\binterface \{|\bstruct \{`),
	"a type of Go":                regexp.MustCompile(`\bcannot use string\b|\b(u?int(8|16|32|64)|float(32|64)|nil|bool|rune)\b|\b(json|strconv|time|netip|url|http|gqlerror|uuid|errors|problem|db|ent|gen|pq|pgx|sql)\.[A-Z]\w+`),
	"a verb that was not filled":  regexp.MustCompile(`%!|%[vdsqT]\b`),
	"a package's name before it":  regexp.MustCompile(`^(json|strconv|parse|ent|pq|sql|csv|uuid|netip|ParseAddr|graphql|input): `),
	"a kind spelled as one word":  regexp.MustCompile(`\b(apitoken|bulkreplay|landingpage|trackinglink|postbackversion|exchangerate|conversionevent|receivedpostback|auditentry|echorequest|postbacktest)\b`),
	"nothing, or one word and :":  regexp.MustCompile(`^\s*$|: *$`),
	"two marks, or a space there": regexp.MustCompile(`,,|\.\.$| [,.:;]( |$)`),
}

// Unreadable returns why a message for people is none that a person would write; nil if nothing is
// wrong with it.
func Unreadable(message string) error {
	for why, pattern := range unreadable {
		if found := pattern.FindString(message); found != "" || why == "nothing, or one word and :" && pattern.MatchString(message) {
			return fmt.Errorf("%q has %s: %q", message, why, found)
		}
	}
	return nil
}
