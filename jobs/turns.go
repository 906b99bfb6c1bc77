package jobs

// turns deals places out to streams: to affiliates in turn, and for each
// affiliate to its endpoints in turn.
type turns struct {
	affiliates []*affiliateTurns
	at         int
	index      map[int64]*affiliateTurns
}

type affiliateTurns struct {
	streams []stream
	at      int
}

func (t *turns) add(s stream) {
	if t.index == nil {
		t.index = map[int64]*affiliateTurns{}
	}
	a := t.index[s.affiliate]
	if a == nil {
		a = &affiliateTurns{}
		t.index[s.affiliate] = a
		t.affiliates = append(t.affiliates, a)
	}
	a.streams = append(a.streams, s)
}

// next gives the stream whose turn it is; false where none is left.
func (t *turns) next() (stream, bool) {
	if len(t.affiliates) == 0 {
		return stream{}, false
	}
	t.at %= len(t.affiliates)
	a := t.affiliates[t.at]
	a.at %= len(a.streams)
	s := a.streams[a.at]
	t.at++
	a.at++
	return s, true
}

// drop takes the stream out that next gave last: it has no room.
func (t *turns) drop() {
	t.at--
	a := t.affiliates[t.at]
	a.at--
	a.streams = append(a.streams[:a.at], a.streams[a.at+1:]...)
	if len(a.streams) == 0 {
		t.affiliates = append(t.affiliates[:t.at], t.affiliates[t.at+1:]...)
	}
}
