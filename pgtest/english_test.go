package pgtest_test

import (
	"testing"

	"postrider/pgtest"
)

func TestUnreadable(t *testing.T) {
	t.Parallel()
	for _, message := range []string{
		`"x" is not an id of a apitoken`, `"x" is the id of a offer`, "is -1h0m0s; it must be between 0 and 720h0m0s", "try again in 1m30s", "yours are [read write]",
		"map[string]interface {} is not a time", "cannot use int64 as Int", "json: cannot unmarshal", "%!s(int=3)", "json.Number is not a text", "", "is an postback", "a integration",
	} {
		if pgtest.Unreadable(message) == nil {
			t.Errorf("%q passes", message)
		}
	}
	for _, message := range []string{
		`"x" is not the id of an API token`, "is not between 0 and 720", "yours are read and write", "a user has it", "an hour, an ISO 4217 code", "the limit is 200",
		"the operation's complexity is above 25000: ask for fewer rows or fewer lists at once", "“A” has its own postback", "a one-time password", "the URL must start with http:// or https://",
	} {
		if err := pgtest.Unreadable(message); err != nil {
			t.Error(err)
		}
	}
}
