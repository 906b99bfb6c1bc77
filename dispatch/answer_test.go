package dispatch_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"postrider/dispatch"
	"postrider/domain/firing"
)

// packed returns a text in a coding.
func packed(t testing.TB, text string, make func(io.Writer) io.WriteCloser) string {
	t.Helper()
	var b bytes.Buffer
	w := make(&b)
	_, err := io.WriteString(w, text)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func zlibbed(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
func deflated(w io.Writer) io.WriteCloser {
	f, _ := flate.NewWriter(w, flate.BestSpeed)
	return f
}
func brotlied(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) }
func zstded(w io.Writer) io.WriteCloser {
	z, _ := zstd.NewWriter(w)
	return z
}

// The answer is read in its coding and encoding, before a rule looks at it and before it is kept.
func TestAnswersAreDecoded(t *testing.T) {
	t.Parallel()
	const ok = `{"status":"ok"}`
	latin, err := charmap.ISO8859_1.NewEncoder().String("müde: OK")
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(ok)
	if err != nil {
		t.Fatal(err)
	}
	cyrillic, err := charmap.Windows1251.NewEncoder().String("принято")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		coding, contentType, body, want string
	}{
		"plain":                           {"", "application/json", ok, ok},
		"identity":                        {"identity", "application/json", ok, ok},
		"a byte order mark":               {"", "application/json", "\xEF\xBB\xBF" + ok, ok},
		"gzip":                            {"gzip", "application/json", packed(t, ok, gzipped), ok},
		"x-gzip, in capitals":             {"X-GZIP", "", packed(t, ok, gzipped), ok},
		"gzip that no header names":       {"", "application/json", packed(t, ok, gzipped), ok},
		"gzip in name only":               {"gzip", "application/json", ok, ok},
		"gzip that breaks off":            {"gzip", "text/plain", packed(t, strings.Repeat("OK ", 9999), gzipped)[:40], "OK OK"},
		"deflate":                         {"deflate", "", packed(t, ok, zlibbed), ok},
		"deflate without a header":        {"deflate", "", packed(t, ok, deflated), ok},
		"br":                              {"br", "", packed(t, ok, brotlied), ok},
		"zstd":                            {"zstd", "", packed(t, ok, zstded), ok},
		"two codings":                     {"deflate, gzip", "", packed(t, packed(t, ok, zlibbed), gzipped), ok},
		"a coding that nobody knows":      {"compress", "", ok, ok},
		"too many codings":                {"gzip, gzip, gzip, gzip", "", ok, ok},
		"ISO-8859-1":                      {"", "text/plain; charset=ISO-8859-1", latin, "müde: OK"},
		"ISO-8859-1 that nobody says":     {"", "text/html", latin, "müde: OK"},
		"windows-1251":                    {"", "text/plain; charset=windows-1251", cyrillic, "принято"},
		"windows-1251 in gzip":            {"gzip", "text/plain; charset=windows-1251", packed(t, cyrillic, gzipped), "принято"},
		"UTF-8 that says it is something": {"", "text/plain; charset=ISO-8859-1", "müde: OK", "müde: OK"},
		"UTF-16":                          {"", "application/json", wide, ok},
		"an encoding that nobody knows":   {"", "text/plain; charset=x-none", "OK", "OK"},
		"a picture":                       {"", "image/gif", "GIF89a\xff\x00", "GIF89a\uFFFD\uFFFD"},
		"nothing":                         {"gzip", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.contentType)
				if c.coding != "" {
					w.Header().Set("Content-Encoding", c.coding)
				}
				_, _ = io.WriteString(w, c.body)
			})
			e := newClient(t, nil).Send(t.Context(), get(server.URL))
			if got := e.ResponseBody; got != c.want && (name != "gzip that breaks off" || !strings.HasPrefix(got, c.want)) || e.Reason != "" || e.ResponseTruncated {
				t.Errorf("it is kept as %q, %s, truncated: %t", e.ResponseBody, e.Reason, e.ResponseTruncated)
			}
		})
	}
}

// A rule reads what people would read.
func TestRulesReadDecodedAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		rule firing.BodyRule
		want dispatch.Reason
	}{
		"a status in gzip":   {`{"status":"ok"}`, firing.BodyRule{Kind: firing.JSONField, Path: "status", Value: "ok"}, ""},
		"a word in gzip":     {"all ok", firing.BodyRule{Kind: firing.Contains, Value: "OK"}, ""},
		"a refusal in gzip":  {"ERROR: unknown click", firing.BodyRule{Kind: firing.NotContains, Value: "error"}, dispatch.RefusedByTracker},
		"another in gzip":    {`{"status":"error"}`, firing.BodyRule{Kind: firing.JSONField, Path: "status", Value: "ok"}, dispatch.RefusedByTracker},
		"an umlaut, in gzip": {"für nichts", firing.BodyRule{Kind: firing.Contains, Value: "ü"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = io.WriteString(w, packed(t, c.body, gzipped))
			})
			e := newClient(t, nil).Send(t.Context(), get(server.URL))
			if o := dispatch.Judge(e, dispatch.Terms{Attempt: 1, Rule: c.rule}); o.Reason != c.want {
				t.Errorf("%q is judged %+v", e.ResponseBody, o)
			}
		})
	}
}

// What answers with success and says no, or is a page for people, is not said to have accepted.
func TestAnswersThatSayNo(t *testing.T) {
	t.Parallel()
	const page = "is a web page"
	for body, want := range map[string]string{
		`{"success":false}`: "refusal", `{"ok":0,"msg":"no click"}`: "no click", `{"code":40001,"message":"Access token is incorrect"}`: "Access token is incorrect",
		`{"status":2,"message":"Conversion exists"}`: "Conversion exists", `{"status":"error"}`: "refusal", `{"status":"Failed","reason":"x"}`: "refusal",
		`{"error":"SubID not found"}`: "SubID not found", `{"errors":["bad key"]}`: "bad key", `{"error":{"code":4}}`: "refusal", `{"result":"invalid_key"}`: "refusal",
		"ERROR: unknown click": "ERROR: unknown click", "Click ID not found in database.": "Click ID not found", "invalid token": "invalid token", "Access denied": "Access denied",
		"error=1&msg=none": "refusal", `["error"]`: "refusal",
		"<!DOCTYPE html><html><head><title>This domain is for sale</title>": page, "\n<html><head><meta charset=utf-8></head><body>Sign in<form>": page,
		"<html><body><script>location='/'</script></body></html>": page,

		"": "", "OK": "", "1": "", "success": "", "<html><body>OK</body></html>": "", "GIF89a": "", "TRUE": "",
		`{"success":true}`: "", `{"ok":1}`: "", `{"status":"ok","error":null}`: "", `{"status":1,"errors":[]}`: "", `{"error":false,"message":"accepted"}`: "",
		`{"error":0}`: "", `{"error":"","result":"success"}`: "", `{"status":"success","message":"Conversion added, no errors"}`: "", "errors: 0": "", "no error": "", "error=0": "",
		`{"status":200,"data":{"id":7}}`: "", `{"broken`: "", "postback received for click unknownX": "",
		strings.Repeat("a long text of many words ", 20) + "error": "",
	} {
		o := dispatch.Judge(dispatch.Exchange{StatusCode: 200, ResponseBody: body}, dispatch.Terms{Attempt: 1})
		said := o.Sentence()
		if o.Verdict != dispatch.Accepted || strings.Contains(said, "accepted the postback") != (want == "") || !strings.Contains(said, want) {
			t.Errorf("%s: %s", body, said)
		}
	}
	// What a rule has judged needs no guess.
	o := dispatch.Judge(dispatch.Exchange{StatusCode: 200, ResponseBody: "no error"}, dispatch.Terms{Attempt: 1, Rule: firing.BodyRule{Kind: firing.Contains, Value: "error"}})
	if o.Detail != "" {
		t.Errorf("with a rule it is said to be %q", o.Detail)
	}
}

// Whatever a tracker sends is kept as text, within its limit, and judged.
func FuzzAnswer(f *testing.F) {
	f.Add("gzip", "application/json", packed(f, `{"success":false}`, gzipped))
	f.Add("br, deflate", "text/html; charset=utf-16", "<html><title>\xff\xfe")
	f.Add("zstd", "text/plain; charset=big5", packed(f, "error", zstded))
	f.Fuzz(func(t *testing.T, coding, contentType, body string) {
		const limit = 1 << 10
		kept, _ := dispatch.DecodeBody([]byte(body), http.Header{"Content-Encoding": {coding}, "Content-Type": {contentType}}, limit)
		if !utf8.ValidString(kept) || strings.Contains(kept, "\x00") || len(kept) > 4*limit {
			t.Fatalf("it is kept as %d bytes: %q", len(kept), kept)
		}
		o := dispatch.Judge(dispatch.Exchange{StatusCode: 200, ResponseBody: kept}, dispatch.Terms{Attempt: 1})
		if !utf8.ValidString(o.Sentence()) || len(o.Sentence()) > 1<<10 {
			t.Fatalf("its sentence is %q", o.Sentence())
		}
	})
}
