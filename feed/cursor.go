package feed

import (
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/gofrs/uuid/v5"

	"postrider/internal/problem"
)

// Cursor is how far a reader has read: up to one snapshot in full, and of the window from there to
// the next one up to a place.
type Cursor struct {
	feed string    // the feed's name
	home uint64    // of the cluster that the transactions are of
	at   time.Time // when After was taken: what has been dropped since, the reader may have missed

	window  Window
	reading bool      // whether a window is being read; otherwise all up to After was read
	until   time.Time // when UpTo was taken
	place   uuid.UUID // the last id that was read of the window, or one before its first
}

// The limits of what is parsed as a cursor.
const (
	cursorVersion = 1
	maxCursor     = 64 << 10
	maxRunning    = 10_000
)

// String encodes the cursor; it is opaque to its reader.
func (c Cursor) String() string {
	b := []byte{cursorVersion, byte(len(c.feed))} //nolint:gosec // names are short
	b = append(b, c.feed...)
	b = binary.BigEndian.AppendUint64(b, c.home)
	b = binary.AppendVarint(b, c.at.Unix())
	b = appendSnapshot(b, c.window.After)
	if !c.reading {
		return base64.RawURLEncoding.EncodeToString(b)
	}
	b = appendSnapshot(b, c.window.UpTo)
	b = binary.AppendVarint(b, c.until.Unix())
	b = append(b, c.place[:]...)
	return base64.RawURLEncoding.EncodeToString(b)
}

func appendSnapshot(b []byte, s Snapshot) []byte {
	b = binary.AppendUvarint(b, uint64(s.Max)) //nolint:gosec // ids of transactions are positive
	b = binary.AppendUvarint(b, uint64(len(s.Running)))
	last := int64(0)
	for _, tx := range s.Running {
		b = binary.AppendUvarint(b, uint64(tx-last)) //nolint:gosec // in ascending order
		last = tx
	}
	return b
}

// ParseCursor parses what String returned for a feed.
func ParseCursor(feed, text string) (c Cursor, err error) {
	bad := problem.Invalid("after", "this is not a cursor of this feed: give the endCursor of the page before, as it was")
	if len(text) > maxCursor {
		return c, bad
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return c, bad
	}
	d := decoder{rest: b}
	version := d.bytes(1)
	name := d.bytes(1)
	if d.failed || version[0] != cursorVersion {
		return c, bad
	}
	c.feed = string(d.bytes(int(name[0])))
	if home := d.bytes(8); !d.failed {
		c.home = binary.BigEndian.Uint64(home)
	}
	c.at = time.Unix(d.varint(), 0).UTC()
	c.window.After = d.snapshot()
	if !d.failed && len(d.rest) > 0 {
		c.reading = true
		c.window.UpTo = d.snapshot()
		c.until = time.Unix(d.varint(), 0).UTC()
		copy(c.place[:], d.bytes(len(c.place)))
	}
	if d.failed || len(d.rest) > 0 || c.feed != feed {
		return Cursor{}, bad
	}
	return c, nil
}

// decoder reads what a Cursor wrote; after a failure it returns zeros.
type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) bytes(n int) []byte {
	if d.failed || len(d.rest) < n {
		d.failed = true
		return nil
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *decoder) varint() int64 {
	n, size := binary.Varint(d.rest)
	if d.failed || size <= 0 {
		d.failed = true
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

// id reads the id of a transaction, or a number of them.
func (d *decoder) id() int64 {
	n, size := binary.Uvarint(d.rest)
	if d.failed || size <= 0 || n > 1<<62 {
		d.failed = true
		return 0
	}
	d.rest = d.rest[size:]
	return int64(n)
}

func (d *decoder) snapshot() (s Snapshot) {
	s.Max = d.id()
	n := d.id()
	if d.failed || n > maxRunning {
		d.failed = true
		return Snapshot{}
	}
	last := int64(0)
	for range n {
		last += d.id()
		if d.failed || last >= s.Max || last < 0 {
			d.failed = true
			return Snapshot{}
		}
		s.Running = append(s.Running, last)
	}
	return s
}
