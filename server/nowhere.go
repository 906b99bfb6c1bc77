package server

import (
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/domain/tracking"
)

// nowhere answers requests that nothing is for: a page of the web app would tell a program that
// all is well, and a player nothing. What looks like a click or a call for us, or like another
// network's link, is logged, without its values.
func nowhere(log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if word, names := lost(r.URL); word != "" || len(names) > 0 {
			log.WarnContext(r.Context(), "a request that looks like a click or a conversion leads nowhere", "begins", word, "parameters", names)
		}
		absent(w, r, http.StatusNotFound, "There is nothing at this address.")
	}
}

// lostWords are how the paths of networks' and trackers' links begin, and of ours.
var lostWords = []string{
	"c", "click", "clicks", "aff_c", "aff_r", "aff_ad", "aff_lsr", "aff_i", "visit", "track", "tracking", "go", "redirect", "r", "postback", "postbacks",
	"pb", "s2s", "pixel", "conversion", "convert", "callback", "goal", "acquisition", "imp", "serve", "partner", "ref", "api",
}

// lostNames are parameters of such links that ours do not have.
var lostNames = []string{
	"offer_id", "offer", "aff_id", "affid", "affiliate_id", "aff", "pid", "bta", "btag", "btag1", "stag", "mid", "afp", "campaign_id", "event", "payout", "adv_sub",
}

// lost returns what makes a request look like a click or a call: how its path begins and the names
// of its parameters. Both are from closed lists: nothing secret is in them.
func lost(u *url.URL) (word string, names []string) {
	first, rest, _ := strings.Cut(strings.TrimLeft(u.Path, "/"), "/")
	if first = strings.ToLower(first); slices.Contains(lostWords, first) {
		word = first
	}
	if tracking.IsLinkCode(first) || tracking.IsLinkCode(strings.Trim(rest, "/")) {
		word = "a link's code"
	}
	for name := range u.Query() {
		folded := strings.ToLower(name)
		if commission.IsParameter(folded) || tracking.IsParam(folded) || slices.Contains(lostNames, folded) {
			names = append(names, folded)
		}
	}
	slices.Sort(names)
	return word, names
}

var absentPage = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>{{.}}</title>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem"><p>{{.}}</p></body></html>
`))

// absent says that there is no answer: to a browser as a small page, to a program as JSON.
func absent(w http.ResponseWriter, r *http.Request, status int, message string) {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		answerJSON(w, status, map[string]string{"result": "error", "message": message})
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = absentPage.Execute(w, message)
}
