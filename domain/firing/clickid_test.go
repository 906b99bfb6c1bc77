package firing_test

import (
	"testing"

	"postrider/domain/firing"
	"postrider/domain/macro"
)

func TestTheMacroThatCarriesTheTrackersClickID(t *testing.T) {
	t.Parallel()
	for template, want := range map[string][2]string{
		"https://t.example/?subid={param_1}&s={param_2}":                 {"param_1", "subid"},
		"https://t.example/?s={param_2}&cid={sub1|lower}":                {"param_1", "cid"},
		"https://t.example/?a=1&cnv_id={param_3}":                        {"param_3", "cnv_id"},
		"https://t.example/p/{param_2}?g={goal_id}":                      {"param_2", ""},
		"https://t.example/?id=x-{param_1}":                              {"param_1", ""},
		"https://t.example/?to=https%3A%2F%2Fo.example%2F%3Fc={param_1}": {"param_1", ""},
		"https://t.example/?c={click_id}":                                {"", ""},
	} {
		parsed, err := macro.Parse(template)
		if err != nil {
			t.Fatalf("%s: %v", template, err)
		}
		if name, parameter := firing.ClickMacro(parsed); string(name) != want[0] || parameter != want[1] {
			t.Errorf("%s: %q in %q, want %q", template, name, parameter, want)
		}
	}
}
