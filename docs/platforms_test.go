package docs_test

import (
	"fmt"
	"strings"
	"testing"

	"postrider/domain/platforms"
)

// The page for operators lists the templates, each with the page that confirms it.
func TestTheTableOfPlatforms(t *testing.T) {
	var b strings.Builder
	b.WriteString("| platform or programme | macros | click parameter | URLs | source |\n| --- | --- | --- | --- | --- |\n")
	for _, p := range platforms.Templates() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", p.Name, p.Confidence, orDash(p.Click, "`%s`"), events(p), orDash(p.Source, "[page](%s)"))
	}
	made(t, "operators.md", "platforms", b.String())
}

func orDash(text, form string) string {
	if text == "" {
		return "–"
	}
	return fmt.Sprintf(form, text)
}

func events(p *platforms.Template) string {
	if len(p.Events) == 0 {
		return "one for all events"
	}
	return "one each for `" + strings.Join(p.Events, "`, `") + "`"
}
