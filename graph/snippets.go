package graph

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"postrider/domain/commission"
	"postrider/domain/inbound"
	"postrider/ent/db"
	"postrider/graph/gen"
)

// sample is a first deposit as an operator's server reports it: our name of each parameter, and
// its value.
var sample = [][2]string{
	{commission.ParamGoal, commission.GoalFTD}, {commission.ParamClickID, "CLICK_ID"}, {commission.ParamPlayerID, "PLAYER_ID"}, {commission.ParamTransaction, "TRANSACTION_ID"},
	{commission.ParamAmount, "25.50"}, {commission.ParamCurrency, "EUR"},
}

// call is a sample call to an integration, in the operator's own words.
type call struct {
	url    string
	query  string
	token  string // the parameter with the token; empty for none
	signed bool
	header string // the header with the signature
	stamp  string // the header with the time of signing; empty for none
}

func (r *Resolver) sampleCall(s *db.Integration) call {
	c := call{url: r.integrationURL(s), signed: s.RequireSignature, header: s.SignatureHeader, stamp: s.TimestampName}
	if c.header == "" {
		c.header = inbound.DefaultSignatureHeader
	}
	theirs := func(name string) string {
		if own := s.ParameterMapping[name]; own != "" {
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
		if p[0] == commission.ParamGoal {
			value = wordFor(s.GoalMapping, value)
		}
		pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(value))
	}
	c.query = strings.Join(pairs, "&")
	if s.RequireToken {
		c.token = theirs(commission.ParamToken)
	}
	return c
}

// wordFor returns the operator's first word for a goal; our key if it has none.
func wordFor(words map[string]string, key string) string {
	for _, word := range slices.Sorted(maps.Keys(words)) {
		if words[word] == key {
			return word
		}
	}
	return key
}

// snippets returns code with which an operator's server makes the call, by language.
func (r *Resolver) snippets(s *db.Integration) []*gen.Snippet {
	c := r.sampleCall(s)
	return []*gen.Snippet{
		{Language: gen.SnippetLanguageCurl, Code: c.curl()},
		{Language: gen.SnippetLanguagePhp, Code: c.php()},
		{Language: gen.SnippetLanguagePython, Code: c.python()},
		{Language: gen.SnippetLanguageGo, Code: c.golang()},
	}
}

// tokenPart returns what a language appends to the query to send the token.
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
	fmt.Fprintf(&b, "import %s\n\n", strings.Join(c.pythonModules(), ", "))
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

func (c call) pythonModules() []string {
	modules := []string{"urllib.request"}
	if c.token != "" {
		modules = append(modules, "os", "urllib.parse")
	}
	if c.signed {
		modules = append(modules, "hashlib", "hmac", "os")
	}
	if c.signed && c.stamp != "" {
		modules = append(modules, "time")
	}
	slices.Sort(modules)
	return slices.Compact(modules)
}

// golang returns a whole program, as gofmt would format it.
func (c call) golang() string {
	imports, text := []string{"io", "log", "net/http", "os"}, "query"
	var sign strings.Builder
	if c.token != "" {
		imports = append(imports, "net/url")
	}
	if c.signed {
		imports = append(imports, "crypto/hmac", "crypto/sha256", "encoding/hex")
		if c.stamp != "" {
			imports = append(imports, "strconv", "time")
			fmt.Fprintf(&sign, "\tat := strconv.FormatInt(time.Now().Unix(), 10)\n\trequest.Header.Set(%q, at)\n", c.stamp)
			text = `at + "." + query`
		}
		fmt.Fprintf(&sign, "\tmac := hmac.New(sha256.New, []byte(os.Getenv(\"KEY\")))\n\tmac.Write([]byte(%s))\n", text)
		fmt.Fprintf(&sign, "\trequest.Header.Set(%q, hex.EncodeToString(mac.Sum(nil)))\n", c.header)
	}
	slices.Sort(imports)
	var b strings.Builder
	fmt.Fprintf(&b, "package main\n\nimport (\n\t\"%s\"\n)\n\nfunc main() {\n\tquery := %q\n", strings.Join(imports, "\"\n\t\""), c.query)
	b.WriteString(c.tokenPart("\tquery += \"&%s=\" + url.QueryEscape(os.Getenv(\"TOKEN\"))\n"))
	const orEnd = "\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n"
	fmt.Fprintf(&b, "\trequest, err := http.NewRequest(http.MethodGet, %q+query, nil)\n%s%s", c.url+"?", orEnd, sign.String())
	b.WriteString("\tresponse, err := http.DefaultClient.Do(request)\n" + orEnd)
	b.WriteString("\tdefer response.Body.Close()\n\tif _, err := io.Copy(os.Stdout, response.Body); err != nil {\n\t\tlog.Fatal(err)\n\t}\n}\n")
	return b.String()
}
