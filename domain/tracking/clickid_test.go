package tracking_test

import (
	"strings"
	"testing"
	"time"

	"postrider/domain/tracking"
)

var clickedAt = time.Date(2026, 6, 12, 10, 0, 0, 123_000_000, time.UTC)

func TestClickIDs(t *testing.T) {
	t.Parallel()
	id, later := tracking.NewClickID(clickedAt), tracking.NewClickID(clickedAt.Add(time.Millisecond))
	text := id.String()
	if len(text) != 32 || text[12] != '7' || !strings.Contains("89ab", text[16:17]) {
		t.Errorf("%s is no UUID of version 7", text)
	}
	if !id.Time().Equal(clickedAt) || text >= later.String() || id == tracking.NewClickID(clickedAt) {
		t.Errorf("%s was made at %s", text, id.Time())
	}
}

func TestParseClickID(t *testing.T) {
	t.Parallel()
	const plain = "0197640b8a5e7c10b3f29d6e41c80a35"
	for text, valid := range map[string]bool{
		plain:                                    true,
		strings.ToUpper(plain):                   true,
		"0197640b-8a5e-7c10-b3f2-9d6e41c80a35":   true,
		" " + plain + "\n":                       true,
		"":                                       false,
		"MYTEST123":                              false,
		plain[1:]:                                false,
		plain + "0":                              false,
		strings.Replace(plain, "a", "g", 1):      false,
		"{0197640b-8a5e-7c10-b3f2-9d6e41c80a35}": false,
		"0197640b-8a5e7-c10-b3f2-9d6e41c80a35":   false,
	} {
		id, err := tracking.ParseClickID(text)
		if (err == nil) != valid || valid && id.String() != plain {
			t.Errorf("%q is read as %s, %v; want valid: %t", text, id, err, valid)
		}
	}
}

func FuzzParseClickID(f *testing.F) {
	f.Add("0197640b-8a5e-7c10-b3f2-9d6e41c80a35")
	f.Fuzz(func(t *testing.T, text string) {
		id, err := tracking.ParseClickID(text)
		if err != nil {
			return
		}
		if again, err := tracking.ParseClickID(id.String()); err != nil || again != id {
			t.Fatalf("%q is read as %s, and that as %s", text, id, again)
		}
	})
}
