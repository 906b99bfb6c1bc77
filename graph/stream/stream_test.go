package stream

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAPageThatHidesItsOriginIsNoneOfOurs(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "http://internal:8080/graphql", nil)
	r.Header.Set("Origin", "null")
	r.Header.Set("Cookie", "postrider_session=x")
	if sameOrigin("")(r) {
		t.Error("it is let in where no public URL is set")
	}
}

func TestSameOriginOfAWebSocket(t *testing.T) {
	t.Parallel()
	check := sameOrigin("https://links.example.com")
	for origin, want := range map[string]bool{
		"": true, "https://links.example.com": true, "http://links.example.com": false, "https://evil.example": false,
		"null": false, "https://internal:8080": true, "https://links.example.com.evil.example": false,
	} {
		r := httptest.NewRequest(http.MethodGet, "http://internal:8080/graphql", nil)
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		if !check(r) {
			t.Errorf("%q without a cookie is refused", origin)
		}
		r.Header.Set("Cookie", "postrider_session=x")
		if got := check(r); got != want {
			t.Errorf("%q: %v", origin, got)
		}
	}
}
