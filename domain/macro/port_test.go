package macro_test

import (
	"testing"

	"postrider/domain/macro"
)

func TestTheDefaultPortOfAScheme(t *testing.T) {
	t.Parallel()
	for scheme, want := range map[string]string{"http": "80", "https": "443", "ftp": "", "": ""} {
		if got := macro.DefaultPort(scheme); got != want {
			t.Errorf("%q: %q, want %q", scheme, got, want)
		}
	}
}
