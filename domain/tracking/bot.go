package tracking

import (
	"net/http"
	"strings"
)

// NoClick returns why a request for a link counts no click; empty if it counts. A request
// without a user agent counts: privacy tools send none, and a lost click cannot be recovered.
// So does one by a program such as curl, since people test their links with those.
func NoClick(r Request) string {
	if why := LooksAhead(r); why != "" {
		return why
	}
	agent := strings.ReplaceAll(strings.ToLower(r.UserAgent), "cubot", "") // a maker of phones
	if agent == "whatsapp" {
		return "the user agent is a bot's (WhatsApp)"
	}
	for _, mark := range botMarks {
		if strings.Contains(agent, mark) {
			return "the user agent is a bot's (" + mark + ")"
		}
	}
	return ""
}

// LooksAhead returns why a request only looks at a link, ahead of the click or instead of it; empty
// if it does not. Browsers use for the click what they fetched ahead, and programs that ask with
// HEAD open the page that they were led to: whoever got there so would arrive without a click id.
func LooksAhead(r Request) string {
	if r.Method != "" && r.Method != http.MethodGet {
		return "a " + r.Method + " request is not a click"
	}
	if purpose := strings.ToLower(r.Purpose); strings.Contains(purpose, "prefetch") ||
		strings.Contains(purpose, "prerender") || strings.Contains(purpose, "preview") {
		return "the browser prefetched it"
	}
	return ""
}

// botMarks are parts of robots' user agents in lower case, names of robots and not of the firms that
// also make browsers: search engines, link previews of
// messengers and social networks, crawlers of search tools and language models, uptime checks;
// and at the end what most others have in common.
var botMarks = []string{
	"googlebot", "adsbot-google", "mediapartners-google", "apis-google", "feedfetcher-google", "google-inspectiontool",
	"googleother", "google-read-aloud", "storebot-google", "bingbot", "bingpreview", "adidxbot", "msnbot", "slurp",
	"duckduckbot", "duckassistbot", "baiduspider", "yandexbot", "yandex.com/bots", "exabot", "petalbot",
	"seznambot", "naverbot", "yeti/", "applebot", "qwantbot", "mojeekbot",
	"facebookexternalhit", "facebookcatalog", "facebot", "meta-externalagent", "meta-externalfetcher", "twitterbot",
	"linkedinbot", "pinterestbot", "pinterest/0.", "redditbot", "slackbot", "slack-imgproxy", "telegrambot", "whatsapp/",
	"discordbot", "skypeuripreview", "viberbot", "vkshare", "snap url preview", "link preview", "microsoftpreview", "google-pagerenderer", "cardyb", "kakaotalk-scrap",
	"kakaostory-og-reader", "iframely", "embedly", "bitlybot",
	"tumblr/", "mastodon/", "flipboardproxy", "nuzzel", "outbrain", "w3c_validator",
	"ahrefsbot", "semrushbot", "mj12bot", "dotbot", "rogerbot", "screaming frog", "serpstatbot", "dataforseobot",
	"blexbot", "sitebulb", "ia_archiver", "archive.org_bot", "ccbot", "gptbot", "chatgpt-user", "oai-searchbot",
	"claudebot", "claude-user", "anthropic-ai", "perplexitybot", "bytespider", "amazonbot", "cohere-ai", "diffbot", "youbot",
	"uptimerobot", "pingdom", "statuscake", "site24x7", "newrelicpinger", "datadogsynthetics", "better uptime",
	"chrome-lighthouse", "gtmetrix", "ptst/", "zgrab", "masscan", "nuclei", "censysinspect", "expanse",
	"crawler", "spider", "bot/", "bot;", "(compatible; bot", "robot",
}
