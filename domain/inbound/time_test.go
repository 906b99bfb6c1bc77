package inbound_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postrider/domain/inbound"
)

// now is 2026-06-12T10:00:00Z.
func TestATimeAsProgramsWriteIt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"1781258400", "1781258400.0", "1781258400.", "1781258400000", "1781258400000.0", "1781258400000000", "1781258400000000000", "1.7812584E9", "1.7812584e12", "1781258400e3",
		"2026-06-12T10:00:00Z", "2026-06-12T10:00:00.000Z", "2026-06-12t10:00:00z", "2026-06-12 10:00:00Z", "2026-06-12 10:00:00 Z", "2026-06-12T10:00Z",
		"2026-06-12T10:00:00+0000", "2026-06-12T10:00:00+00", "2026-06-12T10:00:00-00:00", "2026-06-12 12:00:00+02:00", "2026-06-12 12:00:00 +0200", "2026-06-12T12:00:00+02",
		"2026-06-12T12:00:00 02:00", "2026-06-12 12:00:00 02:00", "2026-06-12 12:00:00 0200", "2026-06-12T12:00 02", "2026-06-12T07:00:00−03:00", "2026-06-12T15:30:00+05:30",
		"2026-06-12 10:00:00 +0000 UTC", "2026-06-12 12:00:00 +0200 CEST", "2026-06-12 12:00:00 +0200 +0200", "2026-06-12 10:00:00 +0000 UTC m=+0.012", "2026-06-12 10:00:00 UTC",
		"2026-06-12T12:00:00+02:00[Europe/Berlin]", "20260612T100000Z", "2026-06-12T10:00:00,000Z", "Fri, 12 Jun 2026 10:00:00 GMT", "Fri, 12 Jun 2026 12:00:00 +0200", " 1781258400 ",
	} {
		if at, err := inbound.ParseTime(text); err != nil || !at.Equal(now) {
			t.Errorf("%q is %s, %v", text, at, err)
		}
	}
	for text, want := range map[string]string{"1781258400.25": "10:00:00.25", "1781258400250": "10:00:00.25", "1781258400250001.5": "10:00:00.250001", "2026-06-12T10:00:00.123456789Z": "10:00:00.123456"} {
		if at, err := inbound.ParseTime(text); err != nil || at.Format("15:04:05.999999999") != want {
			t.Errorf("%q is %s, %v", text, at, err)
		}
	}
}

func TestATimeThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"2026-06-12T10:00:00", "2026-06-12 10:00:00", "2026-06-12 10:00", "2026-06-12", "2026-06-12 10:00:00 EST", "2026-06-12T10:00:00.5", "0000-00-00 00:00:00",
	} {
		if at, err := inbound.ParseTime(text); err == nil || !strings.Contains(err.Error(), "offset") {
			t.Errorf("%q is %s, %v", text, at, err)
		}
	}
	for _, text := range []string{
		"", "noon", "-5", "17812584000", "178125840000", "17812584000000", "1e99", "1e999999999", "1.5e-3", "0x10", "2026-02-30T10:00:00Z", "2026-06-12T25:00:00Z", "2026-06-12T10:00.5Z",
		"2026-06-12T10:00:00+99:00", "12.06.2026 10:00 +02:00", "06/12/2026 10:00:00Z", "Fri, 12 Jun 2026 10:00:00 EST", "2026-06-12T10:00:00Z and more", "2026-06-12T10:00:00ZZ", strings.Repeat("1", 100),
	} {
		if at, err := inbound.ParseTime(text); err == nil {
			t.Errorf("%q is %s", text, at)
		}
	}
}

// Every spelling of a moment is that moment, in whatever zone it is written.
func TestEverySpellingOfATimeIsTheSameTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64Range(1_000_000_000_000, 9_200_000_000_000).Draw(t, "milliseconds"))
		zoned := at.In(time.FixedZone("", 900*rapid.IntRange(-48, 56).Draw(t, "quarters of an hour")))
		text := rapid.SampledFrom([]string{
			strconv.FormatInt(at.UnixMilli(), 10), strconv.FormatInt(at.UnixMicro(), 10), strconv.FormatInt(at.UnixNano(), 10),
			fmt.Sprintf("%d.%03d", at.Unix(), at.UnixMilli()%1000), strconv.FormatFloat(float64(at.UnixMilli()), 'e', -1, 64),
			zoned.Format(time.RFC3339Nano), zoned.Format("2006-01-02 15:04:05.000Z0700"), zoned.Format("2006-01-02T15:04:05.000 -07:00"), zoned.String(),
			strings.Replace(zoned.Format("2006-01-02 15:04:05.000-07:00"), "+", " ", 1), strings.ToLower(at.UTC().Format(time.RFC3339Nano)),
		}).Draw(t, "text")
		if got, err := inbound.ParseTime(text); err != nil || !got.Equal(at) {
			t.Fatalf("%q is %s, %v, want %s", text, got, err, at.UTC())
		}
	})
}
