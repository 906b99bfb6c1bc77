package dispatch

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"postrider/domain/firing"
)

// The limits of a visit: of redirects that are followed, and of all its requests together.
const (
	maxRedirects = 5
	visitTimeout = 20 * time.Second
)

// redirects are the statuses that lead to a Location.
var redirects = []int{
	http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
}

// Visit gets a page and returns the exchange that ended it. It follows redirects as a browser does,
// each through the guard; of too many it returns the last, with its status.
func (c *Client) Visit(ctx context.Context, page string) Exchange {
	bounded, cancel := context.WithTimeout(ctx, visitTimeout)
	defer cancel()
	for hops := 0; ; hops++ {
		e := c.Send(bounded, Request{Method: firing.GET, URL: page})
		if e.Reason == Interrupted && ctx.Err() == nil {
			e.Reason = TimeoutHeaders
		}
		next := redirectOf(e)
		if next == "" || hops == maxRedirects {
			return e
		}
		page = next
	}
}

// redirectOf returns where an answer leads to; empty for nowhere.
func redirectOf(e Exchange) string {
	location := e.ResponseHeaders.Get("Location")
	if location == "" || !slices.Contains(redirects, e.StatusCode) {
		return ""
	}
	from, err := url.Parse(e.URL)
	if err != nil {
		return ""
	}
	to, err := from.Parse(location)
	if err != nil {
		return ""
	}
	return to.String()
}
