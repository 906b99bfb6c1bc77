package macro_test

import (
	"errors"
	"testing"

	"postrider/domain/macro"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"https://t.example/p?c={click_id}", "http://{x}/{{}}", "https://u@h:1/{amount|mul:2|round:1}#{sub1|raw}",
		"https://t.example/{goal_id|map:a\\,b=c,*=d}", "ftp://", "{", "}", "https://t.example/%zz?a=%\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, template string) {
		parsed, err := macro.Parse(template)
		if err == nil {
			checkShape(t, parsed, macro.SampleValues())
			if again := mustParse(t, parsed.String()); again.Endpoint() != parsed.Endpoint() {
				t.Fatalf("%q has another endpoint the second time", template)
			}
			return
		}
		var faults macro.Errors
		if !errors.As(err, &faults) || len(faults) == 0 {
			t.Fatalf("%q is refused with the error %v", template, err)
		}
		before := 0
		for _, e := range faults {
			if e.Start < before || e.End < e.Start || e.End > len(template) || e.Code == "" || e.Message == "" {
				t.Fatalf("%q has the error %+v", template, e)
			}
			before = e.Start
		}
	})
}

func FuzzExpand(f *testing.F) {
	f.Add("https://t.example/{param_1}/x?a={param_2|raw}&b={amount|mul:3}", "..", "a&b=c#d", "12.5")
	f.Add("https://t.example/.{param_1|raw}{param_2}?{param_1|raw}#{param_2|raw}", "%2e", ".", "1e9")
	f.Fuzz(func(t *testing.T, template, a, b, c string) {
		parsed, err := macro.Parse(template)
		if err != nil {
			t.Skip()
		}
		v := new(macro.Values)
		for i, m := range macro.All() {
			v.Set(m.Name, []string{a, b, c}[i%3])
		}
		checkShape(t, parsed, v)
	})
}
