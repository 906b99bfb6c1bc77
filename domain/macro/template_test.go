package macro_test

import (
	"reflect"
	"strings"
	"testing"

	"postrider/domain/macro"
)

func TestEndpoint(t *testing.T) {
	t.Parallel()
	for template, want := range map[string]string{
		"https://T.Example/p":           "https://t.example:443",
		"HTTP://t.example":              "http://t.example:80",
		"http://t.example:8080/p?a=1":   "http://t.example:8080",
		"https://t.example.:0443/p":     "https://t.example:443",
		"https://[2001:DB8::1]/p":       "https://[2001:db8::1]:443",
		"https://t.example?c={param_1}": "https://t.example:443",
	} {
		if got := mustParse(t, template).Endpoint(); got != want {
			t.Errorf("the endpoint of %q is %q, want %q", template, got, want)
		}
	}
}

func TestMacrosAndSlots(t *testing.T) {
	t.Parallel()
	parsed := mustParse(t, "https://t.example/{sub1}?a={payout|mul:2|round:1}&{PARAM_1}=#{status}")
	if got, want := parsed.Macros(), []macro.Name{macro.Param1, macro.Payout, macro.Status}; !reflect.DeepEqual(got, want) {
		t.Errorf("it uses %v, want %v", got, want)
	}
	want := []macro.Slot{
		{Macro: macro.Param1, Place: macro.InPath, Start: 18, End: 24},
		{Macro: macro.Payout, Place: macro.InQueryValue, Filters: []string{"mul:2", "round:1"}, Start: 27, End: 49},
		{Macro: macro.Param1, Place: macro.InQueryName, Start: 50, End: 59},
		{Macro: macro.Status, Place: macro.InFragment, Start: 61, End: 69},
	}
	if got := parsed.Slots(); !reflect.DeepEqual(got, want) {
		t.Errorf("its slots are\n%+v, want\n%+v", got, want)
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	v := new(macro.Values)
	v.Set(macro.Param1, "é d")
	v.Set(macro.Status, "approved")
	url, spans := mustParse(t, "https://t.example/ü?a={param_1}&s={status|upper}").ExpandSpans(v)
	if want := "https://t.example/%C3%BC?a=%C3%A9%20d&s=APPROVED"; url != want {
		t.Fatalf("it expands to %q, want %q", url, want)
	}
	want := []macro.Span{
		{Macro: macro.Param1, Value: "é d", TemplateStart: 23, TemplateEnd: 32, URLStart: 27, URLEnd: 37},
		{Macro: macro.Status, Value: "APPROVED", TemplateStart: 35, TemplateEnd: 49, URLStart: 40, URLEnd: 48},
	}
	if !reflect.DeepEqual(spans, want) {
		t.Errorf("the spans are\n%+v, want\n%+v", spans, want)
	}
}

func TestUTF16Offset(t *testing.T) {
	t.Parallel()
	const s = "aé🎰z"
	for byteOffset, want := range []int{0, 1, 1, 2, 2, 2, 2, 4, 5, 5} {
		if got := macro.UTF16Offset(s, byteOffset); got != want {
			t.Errorf("byte %d of %q is unit %d, want %d", byteOffset, s, got, want)
		}
	}
	if got := macro.UTF16Offset("\xff\xffa", 2); got != 2 {
		t.Errorf("invalid bytes count %d units, want 2", got)
	}
}

func TestRegistry(t *testing.T) {
	t.Parallel()
	seen := map[string]macro.Name{}
	for _, m := range macro.All() {
		if m.Meaning == "" || m.Example == "" || m.Group == "" {
			t.Errorf("{%s} is not explained", m.Name)
		}
		for _, name := range append([]string{string(m.Name)}, m.Aliases...) {
			if other, twice := seen[name]; twice {
				t.Errorf("{%s} means both %s and %s", name, other, m.Name)
			}
			seen[name] = m.Name
			if found, ok := macro.Lookup(strings.ToUpper(name)); !ok || found != m.Name {
				t.Errorf("{%s} is found as %q, want %q", name, found, m.Name)
			}
		}
	}
	for _, f := range macro.Filters() {
		example := strings.Fields(f.Example)[0]
		if _, err := macro.Parse("https://t.example/?v=" + example); err != nil || f.Meaning == "" {
			t.Errorf("the filter %s has the example %q: %v", f.Name, f.Example, err)
		}
		if _, err := macro.Parse("https://t.example/?v={param_1|" + f.Usage + "}"); err != nil {
			t.Errorf("the filter %s has the usage %q: %v", f.Name, f.Usage, err)
		}
	}
}

func TestFilterExamplesAreTrue(t *testing.T) {
	t.Parallel()
	for _, f := range macro.Filters() {
		written, want, shown := strings.Cut(f.Example, " → ")
		if !shown {
			continue
		}
		v := macro.SampleValues()
		v.Set(macro.Param2, "")
		_, spans := mustParse(t, "https://t.example/?v="+written).ExpandSpans(v)
		if spans[0].Value != want {
			t.Errorf("%s gives %q, its documentation says %q", written, spans[0].Value, want)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]macro.Name{
		"clickid": macro.ClickID, "click id": macro.ClickID, "CLICK-ID": macro.ClickID, "payuot": macro.Payout,
		"subid": "", "sub": macro.Param1, "amont": macro.Amount, "landingpage": macro.LandingPage, "zzzzzz": "", "": "",
		strings.Repeat("x", 5000): "",
	} {
		if got, _ := macro.Nearest(written); got != want {
			t.Errorf("nearest to %.20q is %q, want %q", written, got, want)
		}
	}
}

func TestValuesOfNothing(t *testing.T) {
	t.Parallel()
	if got := mustParse(t, "https://t.example/?a={param_1|default:x}").Expand(nil); got != "https://t.example/?a=x" {
		t.Errorf("without values it expands to %q", got)
	}
	var v macro.Values
	v.Set("no_such_macro", "x")
	v.Set("affiliate_id", "7")
	if v.Get("no_such_macro") != "" || v.Get(macro.AffID) != "7" {
		t.Errorf("the values are %q and %q", v.Get("no_such_macro"), v.Get(macro.AffID))
	}
}
