package testfire_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gofrs/uuid/v5"
	"github.com/jackc/pgx/v5"

	"postrider/dispatch"
	"postrider/ent/db"
	"postrider/ent/db/affiliate"
	"postrider/internal/live"
	"postrider/pgtest"
	"postrider/testfire"
)

// echoKey returns the key of an affiliate's inbox.
func echoKey(t testing.TB, d *pgtest.DB, id int64) string {
	t.Helper()
	a, err := d.Client().Affiliate.Query().Where(affiliate.ID(id)).Only(pgtest.System(t))
	if err != nil {
		t.Fatal(err)
	}
	return a.EchoKey
}

func inbox(d *pgtest.DB) testfire.Inbox {
	return testfire.Inbox{DB: d.SQL, Now: func() time.Time { return pgtest.Now }}
}

// kept sends a request to an inbox and reads what was kept of it.
func kept(t testing.TB, d *pgtest.DB, r testfire.EchoRequest) *db.EchoRequest {
	t.Helper()
	ctx := pgtest.System(t)
	if found, err := inbox(d).Keep(ctx, r); !found || err != nil {
		t.Fatalf("kept: %t, %v", found, err)
	}
	row, err := d.Client().EchoRequest.Query().Order(db.Desc("id")).First(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func TestAnEchoIsInItsOwnersInboxAlone(t *testing.T) {
	w := newWorld(t, nil)
	row := kept(t, w.d, testfire.EchoRequest{
		Key: echoKey(t, w.d, w.one.Affiliate), Method: "PATCH", URL: "/echo/key?c=a%20b&status=202", Headers: []dispatch.Header{{Name: "X-Two", Value: "1"}, {Name: "X-Two", Value: "2"}},
		Body: []byte(`{"c":"日本"}`), StatusCode: 202,
	})
	if row.AffiliateID != w.one.Affiliate || row.Method != http.MethodPatch || row.URL != "/echo/key?c=a%20b&status=202" || row.Body != `{"c":"日本"}` || row.StatusCode != http.StatusAccepted || !row.ReceivedAt.Equal(pgtest.Now) {
		t.Errorf("kept %+v", row)
	}
	if !slices.Equal(row.Headers, []dispatch.Header{{Name: "X-Two", Value: "1"}, {Name: "X-Two", Value: "2"}}) {
		t.Errorf("the headers are %v", row.Headers)
	}
	for name, c := range map[string]struct {
		ctx  context.Context
		want int
	}{"its owner": {w.oneCtx, 1}, "another affiliate": {w.otherCtx, 0}, "staff": {w.staff, 1}} {
		if n, err := w.rows.EchoRequest.Query().Count(c.ctx); n != c.want || err != nil {
			t.Errorf("%s sees %d requests (%v), want %d", name, n, err, c.want)
		}
	}
}

// A refused request is not announced: the first notification is of a request that was kept.
func TestOnlyWhatIsKeptIsAnnounced(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	key := echoKey(t, d, pgtest.Affiliate(t, d))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ear, err := pgx.Connect(ctx, d.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ear.Close(context.WithoutCancel(ctx)) }()
	if _, err := ear.Exec(ctx, `LISTEN `+string(live.Echoes)); err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]string{
		"no key": "", "an unknown one": "nobody", "a part of one": key[:len(key)-1], "in capitals": strings.ToUpper(key), "with more": key + " ", "a pattern": "%",
		"with a NUL": key + "\x00", "not UTF-8": "\xff" + key, "endless": strings.Repeat(key, 1000),
	} {
		if found, err := inbox(d).Keep(ctx, testfire.EchoRequest{Key: wrong, Method: "GET", URL: "/"}); found || err != nil {
			t.Errorf("%s: found %t, %v", name, found, err)
		}
	}
	row := kept(t, d, testfire.EchoRequest{Key: key, Method: "GET", URL: "/"})
	notice, err := ear.WaitForNotification(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if ids := live.ParsePayload(notice.Payload); !slices.Equal(ids, []uuid.UUID{row.ID}) {
		t.Errorf("announced %q, want %s", notice.Payload, row.ID)
	}
	if n, err := d.Client().EchoRequest.Query().Count(pgtest.System(t)); n != 1 || err != nil {
		t.Errorf("%d are kept, %v", n, err)
	}
}

func TestTheEchoInboxKeepsNoProof(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	key := echoKey(t, d, pgtest.Affiliate(t, d))
	want := map[string]string{
		"Authorization": "***", "authorization": "***", "Cookie": "***", "X-Signature": "***", "Proxy-Authorization": "***",
		"User-Agent": "s3cret", "Webhook-Signature": "s3cret", "X-Postrider-Delivery": "s3cret",
	}
	given := []dispatch.Header{}
	for name := range want {
		given = append(given, dispatch.Header{Name: name, Value: "s3cret"})
	}
	row := kept(t, d, testfire.EchoRequest{Key: key, Method: "GET", URL: "/", Headers: given})
	if len(row.Headers) != len(want) {
		t.Fatalf("%d headers, want %d", len(row.Headers), len(want))
	}
	for i, h := range row.Headers {
		if h.Name != given[i].Name || h.Value != want[h.Name] {
			t.Errorf("%s is kept as %q, want %q", h.Name, h.Value, want[h.Name])
		}
	}
	if given[0].Value != "s3cret" {
		t.Error("the caller's own headers were changed")
	}
	if row = kept(t, d, testfire.EchoRequest{Key: key, Method: "GET", URL: "/"}); row.Headers == nil || len(row.Headers) != 0 || row.Body != "" {
		t.Errorf("of an empty request: %+v", row)
	}
}

// Any request is kept as text that PostgreSQL accepts, up to the size limit.
func FuzzEcho(f *testing.F) {
	d := pgtest.New(f)
	key := echoKey(f, d, pgtest.Affiliate(f, d))
	f.Add("/echo/x?a=1", "plain", []byte("c=1&p=2"))
	f.Add("/echo/x?a=\x00\xff", "a\x00\xc3", []byte("\x00\xff\xfe\x00"))
	f.Add("/"+strings.Repeat("u", testfire.MaxEcho), strings.Repeat("h", 2000), []byte(strings.Repeat("b", testfire.MaxEcho)+"over"))
	f.Add("/"+strings.Repeat("é", testfire.MaxEcho/2), "ü", []byte(strings.Repeat("日", testfire.MaxEcho/3+1)))
	f.Fuzz(func(t *testing.T, url, header string, body []byte) {
		row := kept(t, d, testfire.EchoRequest{Key: key, Method: "POST", URL: url, Headers: []dispatch.Header{{Name: "X-Any", Value: header}}, Body: body, StatusCode: 200})
		for name, c := range map[string]struct {
			came, kept string
			most       int
		}{"the URL": {url, row.URL, testfire.MaxEcho}, "the body": {string(body), row.Body, testfire.MaxEcho}, "the header": {header, row.Headers[0].Value, 1020}} {
			fits := c.came[:min(len(c.came), c.most)]
			switch {
			case !utf8.ValidString(c.kept) || strings.Contains(c.kept, "\x00"):
				t.Errorf("%s is kept as no text: %q", name, c.kept)
			case utf8.ValidString(fits) && !strings.Contains(fits, "\x00"):
				if c.kept != fits {
					t.Errorf("%s: of %d bytes of text %d are kept, want the first %d as they came", name, len(c.came), len(c.kept), len(fits))
				}
			case len(c.kept) > c.most || len(c.kept) < len(fits)-utf8.UTFMax:
				t.Errorf("%s: %d bytes are kept of %d", name, len(c.kept), len(c.came))
			}
		}
	})
}
