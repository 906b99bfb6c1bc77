package backoffice

import (
	"strings"
	"testing"

	"postrider/domain/inbound"
)

func FuzzStatusFile(f *testing.F) {
	f.Add("transaction_id,status\nT1,approved\n")
	f.Add("\uFEFFconversion_id;status;amount;reason\n019ebb46310071eeac7836494921fef4;Rejected;\"12,50\";fraud\n")
	f.Add("status\n")
	f.Add("transaction_id\tstatus\nx\x00\t\xff\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := readStatusFile(text)
		if err != nil {
			return
		}
		for _, l := range lines {
			if l.Outcome != "" && l.Message == "" {
				t.Fatalf("line %d is %s, and nobody says why", l.Line, l.Outcome)
			}
			if l.Outcome == "" && (l.Key == "" || l.To == "" || inbound.Unusable(l.Key) != "" || strings.ContainsRune(l.goal, 0)) {
				t.Fatalf("line %d is taken: %+v", l.Line, l)
			}
		}
	})
}
