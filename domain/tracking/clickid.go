package tracking

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// ClickID is our id for a click: a UUID of version 7, so that ids sort by time. It
// converts to and from any UUID type that is an array of 16 bytes.
type ClickID [16]byte

// NewClickID returns a new id for a click at the given time.
func NewClickID(at time.Time) ClickID {
	var id ClickID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16)
	_, _ = rand.Read(id[6:])  // never fails, see its documentation
	id[6] = id[6]&0x0F | 0x70 // version 7
	id[8] = id[8]&0x3F | 0x80 // variant of RFC 9562
	return id
}

// ParseClickID parses an id as an operator returns it: 32 hex digits in either case, with or
// without the dashes of a UUID, spaces around it allowed.
func ParseClickID(s string) (ClickID, error) {
	var id ClickID
	text := strings.TrimSpace(s)
	if len(text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' {
		text = text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	}
	if len(text) != 2*len(id) {
		return ClickID{}, fmt.Errorf("a click id has 32 hex digits, not %d characters", len(text))
	}
	if _, err := hex.Decode(id[:], []byte(text)); err != nil {
		return ClickID{}, fmt.Errorf("a click id has only the digits 0 to 9 and a to f")
	}
	return id, nil
}

// String returns the 32 hex digits that URLs and macros use.
func (id ClickID) String() string { return hex.EncodeToString(id[:]) }

// Time returns when the click was made, to the millisecond.
func (id ClickID) Time() time.Time {
	milliseconds := binary.BigEndian.Uint64(id[:8]) >> 16
	return time.UnixMilli(int64(milliseconds)).UTC()
}
