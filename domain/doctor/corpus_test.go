package doctor_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"postrider/domain/commission"
	"postrider/domain/doctor"
)

var update = flag.Bool("update", false, "write what is found into testdata/check; read each line that changes")

// examined is one case of the corpus in testdata/check, whose README tells the form.
type examined struct {
	name     string
	given    []string // the lines as they stand in the file
	question doctor.Question
	findings []string
}

func readCases(t testing.TB, file string) []examined {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []examined
	for block := range strings.SplitSeq("\n"+string(content), "\n== ") {
		if strings.TrimSpace(block) == "" {
			continue
		}
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		c := examined{name: lines[0]}
		for _, line := range lines[1:] {
			c.take(t, line)
		}
		cases = append(cases, c)
	}
	return cases
}

func (c *examined) take(t testing.TB, line string) {
	t.Helper()
	if strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "    > ") {
		c.findings = append(c.findings, line)
		return
	}
	c.given = append(c.given, line)
	key, value, ok := strings.Cut(line, ": ")
	switch {
	case len(c.given) == 1:
		c.question.Template = strings.NewReplacer(`\t`, "\t", `\n`, "\n", `\xff`, "\xff").Replace(line)
	case ok && key == "link":
		c.question.TrackingLink = value
	case ok && key == "goals":
		c.question.Goals = strings.Split(value, ", ")
		c.question.Repeating = []string{commission.GoalDeposit, commission.GoalNetRevenue}
	case ok && key == "statuses":
		c.question.Statuses = statuses(value)
	case ok && key == "crosses":
		c.question.Crosses = strings.Split(value, ", ")
	case ok && key == "other":
		part := strings.Split(value, " | ")
		other := doctor.Postback{Name: part[0], Template: part[1], Goals: c.question.Goals}
		if len(part) > 2 {
			other.Goals = strings.Split(part[2], ", ")
		}
		if len(part) > 3 {
			other.Statuses = statuses(part[3])
		}
		c.question.Others = append(c.question.Others, other)
	default:
		t.Fatalf("%s: what is %q?", c.name, line)
	}
}

func statuses(value string) []commission.Status {
	var list []commission.Status
	for s := range strings.SplitSeq(value, ", ") {
		list = append(list, commission.Status(s))
	}
	return list
}

// written is how the corpus writes findings.
func written(template string, findings []doctor.Finding) []string {
	var lines []string
	units := utf16.Encode([]rune(template))
	for _, f := range findings {
		place := ""
		if f.Start >= 0 {
			place = string(utf16.Decode(units[f.Start:f.End]))
		}
		lines = append(lines, fmt.Sprintf("- %s %s [%s]", f.Code, strings.ToUpper(string(f.Severity)), escape(place)))
		if f.Fix != nil {
			lines = append(lines, "    > "+escape(f.Fix.URLTemplate))
		}
	}
	return lines
}

func escape(s string) string {
	return strings.NewReplacer("\t", `\t`, "\n", `\n`, "\xff", `\xff`, "\uFFFD", `\xff`).Replace(s)
}

func corpus(t testing.TB) []examined {
	t.Helper()
	files, err := filepath.Glob("testdata/check/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []examined
	for _, file := range files {
		all = append(all, readCases(t, file)...)
	}
	return all
}

func TestWhatTheDoctorFinds(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/check/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no corpus", err)
	}
	for _, file := range files {
		cases := readCases(t, file)
		var b strings.Builder
		for _, c := range cases {
			found := doctor.Check(c.question)
			got := written(c.question.Template, found)
			if !slices.Equal(got, c.findings) && !*update {
				t.Errorf("%s: %s\n%s\nwant\n%s", filepath.Base(file), c.name, strings.Join(got, "\n"), strings.Join(c.findings, "\n"))
			}
			fmt.Fprintf(&b, "== %s\n%s\n%s\n\n", c.name, strings.Join(c.given, "\n"), strings.Join(got, "\n"))
			checkFindings(t, c.question, found)
		}
		if *update {
			if err := os.WriteFile(file, []byte(strings.ReplaceAll(b.String(), "\n\n\n", "\n\n")), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Every finding is seen to be found, and not to be found where all is well.
func TestEveryFindingHasItsCases(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	well := 0
	for _, c := range corpus(t) {
		for _, f := range doctor.Check(c.question) {
			found[f.Code] = true
		}
		if len(c.findings) == 0 {
			well++
		}
	}
	for _, code := range codes {
		if !found[code] {
			t.Errorf("no case of the corpus shows %s", code)
		}
	}
	if well < 20 {
		t.Errorf("%d cases show that nothing is found where nothing is wrong", well)
	}
}
