package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"postrider/domain/tracking"
)

// slips are links as they arrive, and what happened to them.
var slips = [][2]string{
	{"k7m2xq9d?param_1=a&amp;param_2=b", "HTML escaped the ampersand"},
	{"k7m2xq9d?lp=welcome%C2%B6m_1=a", "an HTML reader made a sign of `&param_1`: `&para` is ¶"},
	{"k7m2xq9d&param_1=a", "the question mark is missing"},
	{"k7m2xq9d/?param_1=a", "a slash behind the code"},
	{"k7m2xq9d??param_1=a&&param_2=b", "doubled separators"},
	{"k7m2xq9d?param_1=a?param_2=b", "a second question mark"},
	{"k7m2xq9d?param_1=a;param_2=b", "a semicolon for an ampersand"},
	{"k7m2xq9d?param_1=a?fbclid=IwAR0x", "another program appended its own"},
	{"k7m2xq9d?param_1%3Da%26param_2%3Db", "the query was encoded as a whole"},
	{"k7m2xq9d%3Fparam_1=a", "the question mark was encoded"},
	{"K7M2XQ9D?param_1=a", "the code is in capitals"},
	{"k7m2%0D%0Axq9d?param_1=a", "mail broke the line"},
	{"k7m2xq9d.", "a chat took the full stop for a part of the link"},
	{"k7m2xq9d?aff_sub=a&s2=b", "another network's names"},
}

func TestThePageOfLinks(t *testing.T) {
	var names strings.Builder
	names.WriteString("| param | also read as |\n| --- | --- |\n")
	for i, aliases := range tracking.Aliases {
		list := make([]string, len(aliases))
		for j, alias := range aliases {
			list[j] = "`" + alias + "`"
		}
		fmt.Fprintf(&names, "| `param_%d` | %s |\n", i+1, strings.Join(list, ", "))
	}
	made(t, "links.md", "aliases", names.String())

	var rows strings.Builder
	rows.WriteString("| behind `/c/` | what happened | what is read |\n| --- | --- | --- |\n")
	for _, slip := range slips {
		path, query, _ := strings.Cut(slip[0], "?")
		code, query, _ := tracking.ReadAddress(path, query)
		click := tracking.Read(tracking.Request{RawQuery: query})
		if code != "k7m2xq9d" {
			t.Errorf("%s: the code is read as %q", slip[0], code)
		}
		var kept []string
		for i, value := range click.Params {
			if value != "" {
				kept = append(kept, fmt.Sprintf("`param_%d=%s`", i+1, value))
			}
		}
		if click.LandingPage != "" {
			kept = append(kept, fmt.Sprintf("`lp=%s`", click.LandingPage))
		}
		if len(kept) == 0 {
			kept = []string{"the link"}
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s |\n", slip[0], slip[1], strings.Join(kept, ", "))
	}
	made(t, "links.md", "slips", rows.String())
}
