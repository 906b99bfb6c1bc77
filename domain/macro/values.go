package macro

import "unicode/utf8"

// MaxValue is the length in bytes at which a value is cut before it is used.
const MaxValue = 2048

// Values holds the value of every macro for one expansion. The zero value is ready to use, and
// has no value for any macro.
type Values struct {
	byIndex [macroCount]string
}

var noValues Values

// Set sets the macro's value. An alias sets its macro; a name that is no macro is ignored.
func (v *Values) Set(name Name, value string) {
	if i, ok := indexOf(string(name)); ok {
		v.byIndex[i] = value
	}
}

// Get returns the macro's value, empty if it has none.
func (v *Values) Get(name Name) string {
	if i, ok := indexOf(string(name)); ok {
		return v.byIndex[i]
	}
	return ""
}

// SampleValues returns the example of every macro, for previews.
func SampleValues() *Values {
	v := new(Values)
	for i, m := range macros {
		v.byIndex[i] = m.Example
	}
	return v
}

// cutValue truncates a value to MaxValue bytes without splitting a character.
func cutValue(s string) string {
	if len(s) <= MaxValue {
		return s
	}
	end := MaxValue
	for back := 0; back < utf8.UTFMax-1 && !utf8.RuneStart(s[end]); back++ {
		end--
	}
	return s[:end]
}
