package firing

import (
	"strings"

	"postrider/domain/macro"
)

// ClickMacro returns the macro that carries the tracker's click id in a template, the first of
// param_1, param_2 and param_3 that it uses, and the query parameter that it fills: empty where
// the macro is in the path, or is only a part of the value. It returns nothing for a template
// without any of them.
func ClickMacro(t *macro.Template) (name macro.Name, parameter string) {
	for _, candidate := range []macro.Name{macro.Param1, macro.Param2, macro.Param3} {
		for _, slot := range t.Slots() {
			if slot.Macro == candidate {
				return candidate, parameterBefore(t.String()[:slot.Start])
			}
		}
	}
	return "", ""
}

// parameterBefore returns the name of the query parameter whose value begins where text ends.
func parameterBefore(text string) string {
	text, equals := strings.CutSuffix(text, "=")
	at := strings.LastIndexAny(text, "?&")
	if !equals || at < 0 || strings.ContainsAny(text[at+1:], "={}/") {
		return ""
	}
	return text[at+1:]
}
