package graph

import (
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"
)

// frame builds a frame of a client.
func frame(opcode byte, length uint64, masked bool) []byte {
	b := []byte{opcode, 0}
	switch {
	case length < 126:
		b[1] = byte(length)
	case length < 1<<16:
		b[1] = 126
		b = binary.BigEndian.AppendUint16(b, uint16(length))
	default:
		b[1] = 127
		b = binary.BigEndian.AppendUint64(b, length)
	}
	if masked {
		b[1] |= 0x80
		b = append(b, 1, 2, 3, 4)
	}
	return b
}

// Whatever pieces it is read in, a connection is cut off with the frame that
// makes a message too large, and never before.
func TestMessagesAreFollowedThroughAnyPieces(t *testing.T) {
	t.Parallel()
	const most = 300
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		cut, message := -1, uint64(0) // where it must be cut off
		for range rapid.IntRange(1, 8).Draw(t, "frames") {
			opcode := rapid.SampledFrom([]byte{0, 1, 2, 8, 9, 10}).Draw(t, "opcode")
			length := rapid.OneOf(rapid.Uint64Range(0, 125), rapid.Uint64Range(126, most), rapid.Uint64Range(most, 70_000)).Draw(t, "length")
			if opcode < 8 {
				if opcode != 0 {
					message = 0
				}
				message += length
			}
			header := frame(opcode, length, rapid.Bool().Draw(t, "masked"))
			if cut < 0 && (length > most || opcode < 8 && message > most) {
				cut = len(stream) + len(header)
			}
			stream = append(append(stream, header...), make([]byte, length)...)
		}
		c := &messageConn{most: most}
		for at := 0; at < len(stream); {
			piece := min(rapid.IntRange(1, 500).Draw(t, "piece"), len(stream)-at)
			within := c.follow(stream[at : at+piece])
			at += piece
			if reached := cut >= 0 && at >= cut; within == reached {
				t.Fatalf("after %d bytes it goes on: %t; it is to be cut off at %d", at, within, cut)
			}
			if !within {
				return
			}
		}
	})
}

func TestALengthBeyondAllBoundsIsNoMessage(t *testing.T) {
	t.Parallel()
	c := &messageConn{most: maxMessage}
	if c.follow(frame(1, 1<<63, true)) {
		t.Error("it is taken")
	}
}

func FuzzFollow(f *testing.F) {
	f.Add(frame(1, 10, true))
	f.Add(append(frame(0, 70_000, true), 0, 0))
	f.Fuzz(func(t *testing.T, stream []byte) {
		whole, pieces := &messageConn{most: 1000}, &messageConn{most: 1000}
		want, got := whole.follow(stream), true
		for i := range stream {
			got = got && pieces.follow(stream[i:i+1])
		}
		if want != got {
			t.Fatalf("as a whole it is within the limit: %t, byte by byte: %t", want, got)
		}
	})
}
