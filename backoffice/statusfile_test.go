package backoffice

import (
	"fmt"
	"strings"
	"testing"

	"postrider/domain/inbound"
)

// summary writes what was read of a file: a line each.
func summary(lines []*StatusLine) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%d %s %s", l.Line, l.Key, l.To)
		if l.amount.Valid {
			fmt.Fprintf(&b, " %s", l.sum.Amount)
		}
		for _, code := range l.sum.Unit.Codes {
			fmt.Fprintf(&b, " %s", code)
		}
		if l.reason != "" {
			fmt.Fprintf(&b, " (%s)", l.reason)
		}
		if l.Outcome != "" {
			fmt.Fprintf(&b, " %s: %s", l.Outcome, l.Message)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestFilesAsSpreadsheetsWriteThem(t *testing.T) {
	t.Parallel()
	const want = "2 T1 approved 12.5 EUR (ok)\n3 T2 rejected\n"
	for name, text := range map[string]string{
		"commas":                "transaction_id,status,amount,currency,reason\nT1,approved,\"12,50\",EUR,ok\nT2,rejected,,,\n",
		"semicolons":            "transaction_id;status;amount;currency;reason\r\nT1;Approved;12,50;eur;ok\r\nT2;REJECTED;;;",
		"tabs":                  "\uFEFFtransaction_id\tstatus\tamount\treason\nT1\tapproved\t12.5€\tok\nT2\trejected\t\t",
		"bars":                  "transaction_id|status|amount|reason\nT1|approved|EUR 12.50|ok\nT2|rejected\n",
		"carriage returns":      "transaction_id,status,amount,reason\rT1,approved,12.50 EUR,ok\rT2,rejected\r",
		"capitals and blanks":   " Transaction_ID , STATUS ,Amount,Currency,Reason\n T1 , approved , 1.25E1 , EUR , ok \n T2 , rejected",
		"columns of no concern": "transaction_id,status,note,amount,note,currency,reason\nT1,approved,x,12.5,y,978,ok\nT2,rejected",
	} {
		lines, err := readStatusFile(text)
		if got := summary(lines); err != nil || got != want {
			t.Errorf("%s:\n%swant\n%s%v", name, got, want, err)
		}
	}
	const later = "%d T1 approved 12.5 EUR (ok)\n%d T2 rejected\n"
	for text, first := range map[string]int{
		"sep=;\ntransaction_id;status;amount;currency;reason\nT1;approved;12,5;EUR;ok\nT2;rejected":                        3,
		"\uFEFFsep=;\r\ntransaction_id;status;amount;currency;reason\r\nT1;approved;12,5;EUR;ok\r\nT2;rejected":            3,
		"\uFEFFSEP=,\ntransaction_id,status,amount,reason\nT1,approved,12.5€,ok\nT2,rejected":                              3,
		"\"sep=|\"\ntransaction_id|status|amount|reason\nT1|approved|12.5€|ok\nT2|rejected":                                3,
		"sep=\t\n\ntransaction_id\tstatus\tamount\treason\nT1\tapproved\t12.5€\tok\nT2\trejected":                          4,
		"sep=:\ntransaction_id:status:amount:reason\nT1:approved:12.5€:ok\nT2:rejected":                                    3,
		"sep=;;;;\ntransaction_id;status;amount;reason\nT1;approved;12.5€;ok\nT2;rejected":                                 3,
		"\n\ntransaction_id,status,amount,reason\nT1,approved,12.5€,ok\nT2,rejected":                                       4,
		"\uFEFF\r\n;;;\r\n  \r\ntransaction_id;status;amount;reason\r\nT1;approved;12.5€;ok\r\nT2;rejected\r\n;;;\r\n\r\n": 5,
	} {
		lines, err := readStatusFile(text)
		if got, want := summary(lines), fmt.Sprintf(later, first, first+1); err != nil || got != want {
			t.Errorf("%q:\n%swant\n%s%v", text, got, want, err)
		}
	}
}

func TestWhatIsWrongWithALineCostsThatLine(t *testing.T) {
	t.Parallel()
	const head = "transaction_id,status,amount,currency,reason\n"
	for text, want := range map[string]string{
		"T1,approved,,,5\" tv\nT2,rejected":                 "2 T1 approved (5\" tv)\n3 T2 rejected\n",
		"T1,approved,,,\"5\" tv\"\nT2,rejected":             "2 T1 approved (5\" tv)\n3 T2 rejected\n",
		"T1,approved,,,\"not closed\nT2,rejected":           "2 T1 approved (not closed)\n3 T2 rejected\n",
		"T1,approved,,,\"two\nlines\"\nT2,rejected":         "2 T1 approved (two\nlines)\n4 T2 rejected\n",
		"T1,approved,,,\"a\nT2,rejected,,,\"b\nT3,approved": "2 T1 approved (a)\n3 T2 rejected (b)\n4 T3 approved\n",
	} {
		lines, err := readStatusFile(head + text)
		if got := summary(lines); err != nil || got != want {
			t.Errorf("%q:\n%swant\n%s%v", text, got, want, err)
		}
	}
	for line, part := range map[string]string{
		"T1,approved,\"1,234\"":      "ambiguous",
		"T1,approved,5 EUR,USD":      `"EUR"`,
		"T1,approved,5%":             `"%"`,
		"T1,approved,1e999999999":    "too many digits",
		"T1,approved,5,E U R":        `"E U R"`,
		"T1,paid,5":                  `"paid"`,
		"\"T1\"x,approved":           "not a status",
		",approved":                  "no conversion_id",
		"\"T1,approved\nT2,rejected": "not a status",
	} {
		lines, err := readStatusFile(head + line)
		if err != nil || lines[0].Outcome != LineRefused || !strings.Contains(lines[0].Message, part) {
			t.Errorf("%q: %s%v, want one that says %s", line, summary(lines), err, part)
		}
	}
}

func TestAMessageQuotesTheFile(t *testing.T) {
	t.Parallel()
	for text, part := range map[string]string{
		"sep=;\nid;state\nT1;approved": `"id;state"`,
		"id|state":                     `"id|state"`,
		"Sep=\nT1,approved":            `"Sep="`,
		"status,status,transaction_id": "status twice",
		"\n\n":                         "must name the columns",
		"":                             "must name the columns",
	} {
		if _, err := readStatusFile(text); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v, want %s", text, err, part)
		}
	}
}

func FuzzStatusFile(f *testing.F) {
	f.Add("transaction_id,status\nT1,approved\n")
	f.Add("\uFEFFconversion_id;status;amount;reason\n019ebb46310071eeac7836494921fef4;Rejected;\"12,50\";fraud\n")
	f.Add("status\n")
	f.Add("sep=;\r\n\r\ntransaction_id;status;amount;currency\r\nT1;approved;5\";EUR\r\n")
	f.Add("sep=|\rtransaction_id|status|reason\rT1|approved|\"a\rb")
	f.Add("transaction_id\tstatus\nx\x00\t\xff\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := readStatusFile(text)
		if err != nil {
			return
		}
		for i, l := range lines {
			if i > 0 && l.Line <= lines[i-1].Line {
				t.Fatalf("line %d comes after line %d", l.Line, lines[i-1].Line)
			}
			if l.Outcome != "" && l.Message == "" {
				t.Fatalf("line %d is %s, and nobody says why", l.Line, l.Outcome)
			}
			if l.Outcome == "" && (l.Key == "" || l.To == "" || inbound.Unusable(l.Key) != "" || strings.ContainsRune(l.goal, 0)) {
				t.Fatalf("line %d is taken: %+v", l.Line, l)
			}
		}
	})
}
