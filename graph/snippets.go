package graph

import (
	"fmt"
	"net/url"
	"strings"

	"postrider/ent/db"
	"postrider/graph/gen"
)

// sample is a first deposit as an operator's server reports it: our name, and what
// it says.
var sample = [][2]string{
	{"goal", "ftd"}, {"click_id", "CLICK_ID"}, {"player_id", "PLAYER_ID"}, {"transaction_id", "TRANSACTION_ID"},
	{"amount", "25.50"}, {"currency", "EUR"},
}

// call is a sample call to a source, in the operator's own words.
type call struct {
	url    string
	query  string
	token  string // the parameter that carries the token; empty for none
	signed bool
	header string // where the signature goes
	stamp  string // the header that says when it was signed; empty for none
}

func (r *Resolver) sampleCall(s *db.Source) call {
	c := call{url: r.sourceURL(s), signed: s.RequireSignature, header: s.SignatureHeader, stamp: s.TimestampName}
	if c.header == "" {
		c.header = "X-Signature"
	}
	theirs := func(name string) string {
		if own := s.ParameterNames[name]; own != "" {
			return own
		}
		return name
	}
	var pairs []string
	for _, p := range sample {
		name, value := theirs(p[0]), p[1]
		if strings.HasPrefix(name, "=") {
			continue // the same in every call
		}
		if p[0] == "goal" {
			for word, key := range s.GoalWords {
				if key == value {
					value = word
					break
				}
			}
		}
		pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(value))
	}
	c.query = strings.Join(pairs, "&")
	if s.RequireToken {
		c.token = theirs("token")
	}
	return c
}

// snippets is how an operator's server makes the call, by language.
func (r *Resolver) snippets(s *db.Source) []*gen.Snippet {
	c := r.sampleCall(s)
	return []*gen.Snippet{
		{Language: "curl", Code: c.curl()},
		{Language: "php", Code: c.php()},
		{Language: "python", Code: c.python()},
		{Language: "go", Code: c.golang()},
	}
}

// tokenPart is what a language writes behind the query to send the token.
func (c call) tokenPart(format string) string {
	if c.token == "" {
		return ""
	}
	return fmt.Sprintf(format, url.QueryEscape(c.token))
}

func (c call) curl() string {
	var b strings.Builder
	fmt.Fprintf(&b, "QUERY='%s'\n", c.query)
	b.WriteString(c.tokenPart("QUERY=\"$QUERY&%s=$TOKEN\"\n"))
	if !c.signed {
		fmt.Fprintf(&b, "curl \"%s?$QUERY\"\n", c.url)
		return b.String()
	}
	text, more := "$QUERY", ""
	if c.stamp != "" {
		b.WriteString("AT=$(date +%s)\n")
		text, more = "$AT.$QUERY", fmt.Sprintf(" -H \"%s: $AT\"", c.stamp)
	}
	fmt.Fprintf(&b, "SIGNATURE=$(printf %%s \"%s\" | openssl dgst -sha256 -hmac \"$KEY\" -hex | sed 's/.* //')\n", text)
	fmt.Fprintf(&b, "curl \"%s?$QUERY\" -H \"%s: $SIGNATURE\"%s\n", c.url, c.header, more)
	return b.String()
}

func (c call) php() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<?php\n$query = '%s';\n", c.query)
	b.WriteString(c.tokenPart("$query .= '&%s=' . urlencode(getenv('TOKEN'));\n"))
	b.WriteString("$headers = [];\n")
	if c.signed {
		text := "$query"
		if c.stamp != "" {
			fmt.Fprintf(&b, "$at = time();\n$headers[] = \"%s: $at\";\n", c.stamp)
			text = "$at . '.' . $query"
		}
		fmt.Fprintf(&b, "$headers[] = '%s: ' . hash_hmac('sha256', %s, getenv('KEY'));\n", c.header, text)
	}
	fmt.Fprintf(&b, "$request = curl_init('%s?' . $query);\n", c.url)
	b.WriteString("curl_setopt_array($request, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => $headers]);\necho curl_exec($request);\n")
	return b.String()
}

func (c call) python() string {
	var b strings.Builder
	b.WriteString("import hashlib, hmac, os, time, urllib.parse, urllib.request\n\n")
	fmt.Fprintf(&b, "query = \"%s\"\n", c.query)
	b.WriteString(c.tokenPart("query += \"&%s=\" + urllib.parse.quote(os.environ[\"TOKEN\"])\n"))
	b.WriteString("headers = {}\n")
	if c.signed {
		text := "query"
		if c.stamp != "" {
			fmt.Fprintf(&b, "headers[\"%s\"] = at = str(int(time.time()))\n", c.stamp)
			text = "at + \".\" + query"
		}
		fmt.Fprintf(&b, "headers[\"%s\"] = hmac.new(os.environ[\"KEY\"].encode(), (%s).encode(), hashlib.sha256).hexdigest()\n", c.header, text)
	}
	fmt.Fprintf(&b, "request = urllib.request.Request(\"%s?\" + query, headers=headers)\nprint(urllib.request.urlopen(request).read().decode())\n", c.url)
	return b.String()
}

func (c call) golang() string {
	var b strings.Builder
	fmt.Fprintf(&b, "query := %q\n", c.query)
	b.WriteString(c.tokenPart("query += \"&%s=\" + url.QueryEscape(os.Getenv(\"TOKEN\"))\n"))
	fmt.Fprintf(&b, "request, err := http.NewRequest(http.MethodGet, %q+query, nil)\nif err != nil {\n\treturn err\n}\n", c.url+"?")
	if c.signed {
		text := "query"
		if c.stamp != "" {
			fmt.Fprintf(&b, "at := strconv.FormatInt(time.Now().Unix(), 10)\nrequest.Header.Set(%q, at)\n", c.stamp)
			text = `at + "." + query`
		}
		fmt.Fprintf(&b, "mac := hmac.New(sha256.New, []byte(os.Getenv(\"KEY\")))\nmac.Write([]byte(%s))\nrequest.Header.Set(%q, hex.EncodeToString(mac.Sum(nil)))\n", text, c.header)
	}
	b.WriteString("response, err := http.DefaultClient.Do(request)\n")
	return b.String()
}
