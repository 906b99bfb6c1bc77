package presets

import "strings"

// network is how one affiliate network or programme is recognised: by its placeholders. words
// holds the meaning of placeholders that differs from the usual one.
type network struct {
	name    string
	dialect Dialect
	tokens  []string           // that it uses, in its own spelling
	needs   int                // how many of them must be present
	words   map[string]meaning // by token, in lower case
}

var exactClick = meaning{"{param_1}", Sure, "the click id from the tracking link"}

// networks are the programmes that are recognisable by their spelling, those with the most
// distinctive placeholders first.
var networks = []network{
	{"MyAffiliates", Braces, []string{"payload", "s2s.req_id", "s2s.pub_id"}, 2, map[string]meaning{"payload": exactClick}},
	{"Smartico", DoubleBraces, []string{"afp", "registration_id"}, 1, map[string]meaning{"afp": exactClick}},
	{"CAKE", Hashes, []string{"s1", "s2", "s3", "tid", "price", "affid", "oid", "campid", "leadid"}, 1, map[string]meaning{
		"price": {"{payout}", Sure, "your commission for the conversion"}, "affid": {"{aff_id}", Sure, "your affiliate id"},
		"oid": {"{offer_id}", Sure, "the offer id"}, "campid": {"{camp_id}", Sure, "the campaign id"},
	}},
	{"Vulkan.bet", DoubleHashes, []string{"click_id", "trans_id", "cpa_amount"}, 1, map[string]meaning{"click_id": exactClick}},
	{"Royal Partners", Dollar, []string{"ctag", "amount", "deposit_id", "player_id"}, 1, map[string]meaning{"ctag": exactClick}},
	{"Boomerang Partners", Dollar, []string{"visit_id"}, 1, map[string]meaning{"visit_id": exactClick}},
	{"Scaleo", Braces, []string{"aff_click_id", "conv_status"}, 2, map[string]meaning{"aff_click_id": exactClick}},
	{"TUNE (HasOffers)", Braces, []string{"aff_click_id", "aff_sub"}, 1, map[string]meaning{"aff_click_id": exactClick}},
	{"Gambling.pro", Braces, []string{"pid", "income", "action"}, 2, map[string]meaning{"pid": {"{param_1}", Likely, "its click id"}}},
	{"cpabro", Braces, []string{"track_id", "action", "status"}, 2, map[string]meaning{"track_id": exactClick}},
	{"Partners.cpa.rip", Braces, []string{"goal_alias"}, 1, nil},
	{"Mostbet Partners", Braces, []string{"sub1", "profit"}, 2, nil},
	{"Pin-Up Partners", Braces, []string{"subId1", "payment"}, 2, nil},
	{"4rabet Partners", Braces, []string{"sub_id2", "revenue", "goal", "id"}, 3, map[string]meaning{
		"sub_id2": {"{param_1}", Guess, "its click id; check which param of your tracking link has it"}, "id": {"{conversion_id}", Likely, "the conversion id"},
	}},
	{"income.partners", Braces, []string{"sub_id", "sub_id2", "user_id", "amount"}, 3, nil},
	{"Affise", Braces, []string{"sub1", "sum"}, 2, nil},
	{"1win Partners", Braces, []string{"sub1", "amount"}, 2, nil},
}

// networkOf recognises a network by the placeholders of a text; nil for none.
func networkOf(tokens []Token) *network {
	for i, n := range networks {
		seen := map[string]bool{}
		for _, t := range tokens {
			for _, known := range n.tokens {
				if t.Dialect == n.dialect && strings.EqualFold(t.Name, known) {
					seen[known] = true
				}
			}
		}
		if len(seen) >= n.needs {
			return &networks[i]
		}
	}
	return nil
}

// means returns the meaning of a token in the network's dialect.
func (n *network) means(token string) (meaning, bool) {
	if n == nil {
		return meaning{}, false
	}
	m, ok := n.words[strings.ToLower(token)]
	return m, ok
}
