package stream

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzReadMessage checks what the code behind the reader relies on: any input is refused, or it
// is a client's message with what its type needs.
func FuzzReadMessage(f *testing.F) {
	for _, seed := range []string{
		`{"type":"connection_init"}`, `{"type":"connection_init","payload":{"authorization":"Bearer prt_x"}}`,
		`{"type":"connection_init","payload":{"Authorization":null,"authorization":7}}`, `{"type":"ping","payload":{"a":[1]}}`,
		`{"id":"1","type":"subscribe","payload":{"query":"{ x }","variables":{"n":1e999},"extensions":null}}`,
		`{"id":"1","type":"complete"}`, `{"id":"1","type":"next"}`, `[]`, `null`, ``, `{"id":{},"type":"subscribe"}`,
		`{"TYPE":"ping"}`, `{"type":"ping"}{"type":"ping"}`, "{\"id\":\"\xff\",\"type\":\"complete\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := readMessage(text)
		if err != nil {
			if len(err.Error()) > maxReason {
				t.Errorf("why it is refused does not fit into a close: %q", err)
			}
			return
		}
		switch m.Type {
		case typeInit, typePing, typePong:
			if authorization, err := m.authorization(); err == nil && authorization != "" && !strings.Contains(strings.ToLower(string(m.Payload)), "auth") && !strings.Contains(string(m.Payload), `\u`) {
				t.Errorf("%q comes from nowhere in %s", authorization, m.Payload)
			}
		case typeSubscribe, typeComplete:
			if m.ID == "" || len(m.ID) > maxID {
				t.Errorf("the id is %q", m.ID)
			}
		default:
			t.Errorf("the type is %q", m.Type)
		}
		if m.Type == typeSubscribe {
			if params, err := m.operation(); (params == nil) == (err == nil) {
				t.Errorf("%v and %v", params, err)
			}
		}
		if m.Type == typePing && len(m.Payload) > 0 {
			if _, err := json.Marshal(answer{Type: typePong, Payload: m.Payload}); err != nil {
				t.Errorf("it cannot be answered: %v", err)
			}
		}
	})
}

// A client's slots are released, and the table of clients shrinks with their number.
func TestPlacesComeBack(t *testing.T) {
	t.Parallel()
	var p places
	var back []func()
	for range 3 {
		giveBack, ok := p.take("a", 3)
		if !ok {
			t.Fatal("there is no place")
		}
		back = append(back, giveBack)
	}
	if _, ok := p.take("a", 3); ok {
		t.Error("a fourth is taken")
	}
	if giveBack, ok := p.take("b", 3); !ok {
		t.Error("there is none for another")
	} else {
		giveBack()
	}
	back[0]()
	back[0]() // the second release has no effect
	if _, ok := p.take("a", 3); !ok {
		t.Error("none came back")
	}
	if _, ok := p.take("a", 3); ok {
		t.Error("two came back")
	}
	if len(p.taken) != 1 {
		t.Errorf("%v is kept", p.taken)
	}
}
