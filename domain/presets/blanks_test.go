package presets_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"postrider/domain/macro"
	"postrider/domain/presets"
)

func TestADomainIsTakenAsItIsTyped(t *testing.T) {
	t.Parallel()
	p := presets.PresetByKey("funnelflux")
	for typed, want := range map[string]string{
		"track.trk.io":              "track.trk.io",
		" Track.TRK.io ":            "track.trk.io",
		"https://track.trk.io/pb/":  "track.trk.io",
		"http://track.trk.io?x=y":   "track.trk.io",
		"track.trk.io#top":          "track.trk.io",
		"track.trk.io.":             "track.trk.io",
		"track.trk.io:8443":         "track.trk.io:8443",
		"https://track.trk.io:8443": "track.trk.io:8443",
		"трекер.рф":                 "трекер.рф",
		"":                          "<domain>",
		" \t":                       "<domain>",
		"https://":                  "<domain>",
	} {
		if got := p.For("", map[string]string{"domain": typed}); got != "https://"+want+"/pb/?hit={param_1}&tx={conversion_id}&rev={payout}" {
			t.Errorf("%q: %s, want the host %s", typed, got, want)
		}
	}
}

// Other blanks are keys: they are sent unchanged, whatever characters they have.
func TestAKeyArrivesAsItWasTyped(t *testing.T) {
	t.Parallel()
	p := presets.PresetByKey("keitaro")
	character := rapid.SampledFrom([]rune("aZ09-._~{}|\\\"<>^` \t\n\x00\x7féж日😀$,;:@!*'()[]"))
	rapid.Check(t, func(rt *rapid.T) {
		typed := "k" + rapid.StringOfN(character, 0, 20, -1).Draw(rt, "typed") + "k"
		template, err := macro.Parse(p.For("ftd", map[string]string{"domain": "trk.io", "key": typed}))
		if err != nil {
			rt.Fatalf("%q: %v", typed, err)
		}
		sent, err := url.Parse(template.Expand(macro.SampleValues()))
		if err != nil || sent.Path != "/"+typed+"/postback" {
			rt.Fatalf("%q is sent as %s: %v", typed, template.Expand(nil), err)
		}
	})
}

func TestSlashesAroundAKeyAreNotPartOfIt(t *testing.T) {
	t.Parallel()
	p := presets.PresetByKey("keitaro")
	for _, typed := range []string{"abc", "/abc", "abc/", " /abc/ "} {
		if got := p.For("", map[string]string{"domain": "trk.io", "key": typed}); !strings.HasPrefix(got, "https://trk.io/abc/postback?") {
			t.Errorf("%q: %s", typed, got)
		}
	}
}

// What is typed for one blank does not fill another, and a blank that is no
// preset's is left alone.
func TestOnlyThePresetsOwnBlanksAreFilled(t *testing.T) {
	t.Parallel()
	p := presets.PresetByKey("affise")
	got := p.For("", map[string]string{"secure": "<domain>", "key": "x"})
	if !strings.HasPrefix(got, "https://<domain>/postback?") || !strings.HasSuffix(got, "&secure=<domain>") {
		t.Errorf("%s", got)
	}
	if open := presets.OpenBlanks(presets.PresetByKey("telegram").For("", nil)); !slices.Equal(open, []string{"token", "chat_id"}) {
		t.Errorf("open: %v", open)
	}
}

func FuzzFillingABlank(f *testing.F) {
	f.Add("abc", "secret")
	f.Add("{", "}")
	f.Add("{{x}}", "<domain>")
	f.Add("\xff\xfe", "\u2028\uFFFD")
	f.Fuzz(func(t *testing.T, key, secure string) {
		if len(key)+len(secure) > 300 {
			return
		}
		for name, blanks := range map[string]map[string]string{
			"keitaro": {"domain": "trk.io", "key": key}, "affise": {"domain": "x.affise.com", "secure": secure}, "telegram": {"token": key, "chat_id": secure},
		} {
			template := presets.PresetByKey(name).For("ftd", blanks)
			if _, err := macro.Parse(template); err != nil {
				t.Fatalf("%s with %q and %q is %s: %v", name, key, secure, template, err)
			}
		}
	})
}
