package demo

import (
	"math/rand/v2"
	"strconv"
	"strings"
)

// trackerStyle is how an affiliate's tracker names its parameters.
type trackerStyle struct {
	name     string
	token    string // its owner's value for param_1
	template string // appended to the echo tracker's address; STATUS stands for the status it sends
	status   string // the macro for STATUS
	clickID  func(r *rand.Rand) string
}

var keitaro = trackerStyle{
	name: "Keitaro", token: "{subid}",
	template: "?subid={param_1}&status=STATUS&payout={payout}&currency={currency}&tid={conversion_id}",
	status:   "{goal_id|map:registration=lead,kyc=lead,*=sale}",
	clickID:  func(r *rand.Rand) string { return letters(r, lowerAndDigits, 13) },
}

var voluum = trackerStyle{
	name: "Voluum", token: "{clickid}",
	template: "/postback?cid={param_1}&payout={payout}&txid={conversion_id}&et=STATUS",
	status:   "{goal_id}",
	clickID:  func(r *rand.Rand) string { return "w" + letters(r, upperAndDigits, 23) },
}

var binom = trackerStyle{
	name: "Binom", token: "{clickid}",
	template: "/click.php?cnv_id={param_1}&payout={payout}&cnv_status=STATUS&cnv_currency={currency}&cnv_status2={conversion_id}",
	status:   "{goal_id}",
	clickID:  func(r *rand.Rand) string { return letters(r, "0123456789abcdef", 24) },
}

// url returns a postback's template to the echo tracker at base.
func (t *trackerStyle) url(base, says string, status int) string {
	if says == "" {
		says = t.status
	}
	template := base + strings.ReplaceAll(t.template, "STATUS", says)
	if status == 0 {
		return template
	}
	// The echo tracker answers with the first status in the query.
	path, query, _ := strings.Cut(template, "?")
	return path + "?status=" + strconv.Itoa(status) + "&" + strings.ReplaceAll(query, "status=", "state=")
}

const (
	lowerAndDigits = "0123456789abcdefghijklmnopqrstuvwxyz"
	upperAndDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
)

func letters(r *rand.Rand, alphabet string, n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}
