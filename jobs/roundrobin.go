package jobs

import "postrider/outbox"

// roundRobin serves streams in turn: affiliates in turn, and of each affiliate its
// endpoints in turn.
type roundRobin struct {
	affiliates []*affiliateTurns
	at         int
	index      map[int64]*affiliateTurns
}

type affiliateTurns struct {
	streams []outbox.Stream
	at      int
}

func (t *roundRobin) add(s outbox.Stream) {
	if t.index == nil {
		t.index = map[int64]*affiliateTurns{}
	}
	a := t.index[s.Affiliate]
	if a == nil {
		a = &affiliateTurns{}
		t.index[s.Affiliate] = a
		t.affiliates = append(t.affiliates, a)
	}
	a.streams = append(a.streams, s)
}

// next returns the stream whose turn it is; false where none is left.
func (t *roundRobin) next() (outbox.Stream, bool) {
	if len(t.affiliates) == 0 {
		return outbox.Stream{}, false
	}
	t.at %= len(t.affiliates)
	a := t.affiliates[t.at]
	a.at %= len(a.streams)
	s := a.streams[a.at]
	t.at++
	a.at++
	return s, true
}

// drop removes the stream that next returned last: it may have no more.
func (t *roundRobin) drop() {
	t.at--
	a := t.affiliates[t.at]
	a.at--
	a.streams = append(a.streams[:a.at], a.streams[a.at+1:]...)
	if len(a.streams) == 0 {
		t.affiliates = append(t.affiliates[:t.at], t.affiliates[t.at+1:]...)
	}
}
