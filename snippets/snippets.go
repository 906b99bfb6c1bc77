package snippets

import (
	"embed"
	"fmt"
	"net/url"
	"strings"
	"text/template"
)

// Language is what a snippet is written in.
type Language string

// The languages.
const (
	Curl   Language = "CURL" // a shell's commands
	PHP    Language = "PHP"
	Python Language = "PYTHON"
	Go     Language = "GO"
	NodeJS Language = "NODEJS"
)

// Languages lists every language, in the order in which they are shown.
func Languages() []Language { return []Language{Curl, PHP, Python, Go, NodeJS} }

// extensions are those of the languages' files.
var extensions = map[Language]string{Curl: "sh", PHP: "php", Python: "py", Go: "go", NodeJS: "mjs"}

// Kind is what the snippets of an integrator do.
type Kind string

// The kinds.
const (
	Query    Kind = "QUERY"
	Mutation Kind = "MUTATION"
	Live     Kind = "LIVE"
	Verify   Kind = "VERIFY"
)

// Kinds lists every kind, in the order in which they are shown.
func Kinds() []Kind { return []Kind{Query, Mutation, Live, Verify} }

// Snippet is a program, or a command.
type Snippet struct {
	Language Language
	Code     string
	Command  string // starts it, once it is saved under the name in there
}

// Call is how an integration has its operator report a conversion.
type Call struct {
	URL    string
	Query  string // percent-encoded, without the token
	Token  string // the parameter with the token, percent-encoded; empty for none
	Signed bool
	Header string // the header with the signature
	Stamp  string // the header with the time of signing; empty for none
}

// Place is an installation, as an integrator sees it.
type Place struct {
	URL     string // its public URL
	Tracker string // where tests are sent
}

// Socket returns the URL for WebSockets.
func (p Place) Socket() string { return "ws" + strings.TrimPrefix(p.URL, "http") }

//go:embed templates
var files embed.FS

// GraphQL and Go are full of braces.
var templates = template.Must(template.New("").Delims("<%", "%>").ParseFS(files, "templates/*.tmpl"))

// Report returns the programs that make a call, in every language.
func Report(c Call) []Snippet {
	var secrets []string
	if c.Token != "" {
		secrets = append(secrets, "TOKEN")
	}
	if c.Signed {
		secrets = append(secrets, "KEY")
	}
	return written("report", c, secrets)
}

// Examples returns the programs of a kind, in every language that it has.
func Examples(kind Kind, at Place) []Snippet {
	at.URL = strings.TrimRight(at.URL, "/")
	secret := "TOKEN"
	if kind == Verify {
		secret = "SECRET"
	}
	return written(strings.ToLower(string(kind)), at, []string{secret})
}

// written executes the templates of a name. What is put into them are URLs, names of headers and
// percent-encoded text: nothing that a language reads as anything but text.
func written(name string, data any, secrets []string) []Snippet {
	var all []Snippet
	for _, language := range Languages() {
		file := name + "." + extensions[language]
		t := templates.Lookup(file + ".tmpl")
		if t == nil {
			continue
		}
		var code strings.Builder
		if err := t.Execute(&code, data); err != nil {
			panic(fmt.Sprintf("snippets: %v", err)) // a test executes each of them
		}
		all = append(all, Snippet{Language: language, Code: strings.TrimSpace(code.String()) + "\n", Command: command(language, file, secrets)})
	}
	return all
}

// command returns the line with which a file is started.
func command(language Language, file string, secrets []string) string {
	var line strings.Builder
	for _, name := range secrets {
		line.WriteString(name + "=… ")
	}
	switch {
	case language == PHP && strings.HasPrefix(file, "verify"):
		line.WriteString("php -S 127.0.0.1:9000 ")
	case language == Curl && strings.HasPrefix(file, "verify"):
		return line.String() + "ID=… TIMESTAMP=… SIGNATURE=… sh " + file + " < body"
	default:
		line.WriteString(map[Language]string{Curl: "sh ", PHP: "php ", Python: "python3 ", Go: "go run ", NodeJS: "node "}[language])
	}
	return line.String() + file
}

// Encoded returns names and values as a query, in their order.
func Encoded(pairs [][2]string) string {
	text := make([]string, len(pairs))
	for i, p := range pairs {
		text[i] = url.QueryEscape(p[0]) + "=" + url.QueryEscape(p[1])
	}
	return strings.Join(text, "&")
}
